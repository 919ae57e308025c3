// Longer than most: a small file for each CI that has no template of its own.
import { version } from '../../src/version.ts';

const previewops = (command: string) => `npx --yes previewops@${version} ${command}`;

/** The least that a CI needs; `previewops init` does not write these, the pages in docs/ci show them. */
export const minimalFiles = {
  bitbucket: {
    language: 'yaml',
    text: `image: node:24

definitions:
  scripts:
    - script: &credentials |
        export AWS_REGION=us-east-1 AWS_ROLE_ARN=arn:aws:iam::123456789012:role/previewops-ci
        export AWS_WEB_IDENTITY_TOKEN_FILE="$(mktemp)"
        printf '%s' "$BITBUCKET_STEP_OIDC_TOKEN" > "$AWS_WEB_IDENTITY_TOKEN_FILE"

pipelines:
  pull-requests:
    '**':
      - step:
          name: preview
          oidc: true
          script:
            - *credentials
            - ${previewops('deploy')}
  custom:
    prune: # give it an hourly schedule
      - step:
          oidc: true
          script:
            - *credentials
            - ${previewops('prune --yes')}
`,
  },
  'azure-pipelines': {
    language: 'yaml',
    text: `trigger: none
pr: ['*'] # for repositories at GitHub; Azure Repos has a build policy instead
schedules:
  - cron: '17 * * * *'
    displayName: prune previews
    branches: { include: [main] }
    always: true

pool: { vmImage: ubuntu-latest }

steps:
  - task: UseNode@1
    inputs: { version: 24.x }
  - task: AWSShellScript@1
    condition: eq(variables['Build.Reason'], 'PullRequest')
    inputs:
      awsCredentials: previews # a service connection with OIDC
      regionName: us-east-1
      scriptType: inline
      inlineScript: ${previewops('deploy')}
  - task: AWSShellScript@1
    condition: eq(variables['Build.Reason'], 'Schedule')
    inputs:
      awsCredentials: previews
      regionName: us-east-1
      scriptType: inline
      inlineScript: ${previewops('prune --yes')}
`,
  },
  jenkins: {
    language: 'groovy',
    text: `pipeline {
  agent { label 'node24' } // with Node and an instance profile that may use the role
  triggers { cron(env.BRANCH_NAME == 'main' ? 'H * * * *' : '') }
  environment { AWS_REGION = 'us-east-1' }
  options { timeout(time: 45, unit: 'MINUTES') }
  stages {
    stage('Preview') {
      when { changeRequest() }
      steps { sh '${previewops('deploy --role-arn arn:aws:iam::123456789012:role/previewops-ci')}' }
    }
    stage('Prune') {
      when { branch 'main'; triggeredBy 'TimerTrigger' }
      steps { sh '${previewops('prune --yes --role-arn arn:aws:iam::123456789012:role/previewops-ci')}' }
    }
  }
}
`,
  },
  codebuild: {
    language: 'yaml',
    text: `version: 0.2
phases:
  install:
    runtime-versions:
      nodejs: 22
  build:
    commands:
      - |
        case "$CODEBUILD_WEBHOOK_EVENT" in
          PULL_REQUEST_MERGED | PULL_REQUEST_CLOSED) ${previewops('destroy')} ;;
          PULL_REQUEST_*) ${previewops('deploy')} ;;
          *) ${previewops('prune --yes')} ;; # started by an hourly EventBridge schedule
        esac
`,
  },
  travis: {
    language: 'yaml',
    text: `language: node_js
node_js: 24
install: skip
env:
  global:
    - AWS_REGION=us-east-1
jobs:
  include:
    - if: type = pull_request
      script: ${previewops('deploy')}
    - if: type = cron
      script: ${previewops('prune --yes')}
`,
  },
  drone: {
    language: 'yaml',
    text: `kind: pipeline
type: docker
name: preview

trigger:
  event: [pull_request, cron]

environment:
  AWS_REGION: us-east-1
  AWS_ACCESS_KEY_ID: { from_secret: aws_access_key_id }
  AWS_SECRET_ACCESS_KEY: { from_secret: aws_secret_access_key }

steps:
  - name: deploy
    image: node:24
    commands: ['${previewops('deploy')}']
    when:
      event: [pull_request]
  - name: prune
    image: node:24
    commands: ['${previewops('prune --yes')}']
    when:
      event: [cron]
`,
  },
  woodpecker: {
    language: 'yaml',
    text: `when:
  - event: [pull_request, pull_request_closed, cron]

variables:
  - &aws
    AWS_REGION: us-east-1
    AWS_ACCESS_KEY_ID: { from_secret: aws_access_key_id }
    AWS_SECRET_ACCESS_KEY: { from_secret: aws_secret_access_key }

steps:
  - name: deploy
    image: node:24
    environment: *aws
    commands: ['${previewops('deploy')}']
    when:
      - event: pull_request
  - name: destroy
    image: node:24
    environment: *aws
    commands: ['${previewops('destroy')}']
    when:
      - event: pull_request_closed
  - name: prune
    image: node:24
    environment: *aws
    commands: ['${previewops('prune --yes')}']
    when:
      - event: cron
`,
  },
  semaphore: {
    language: 'yaml',
    text: `version: v1.0
name: preview
agent:
  machine: { type: e1-standard-2, os_image: ubuntu2204 }
global_job_config:
  env_vars:
    - { name: AWS_REGION, value: us-east-1 }
    - { name: AWS_ROLE_ARN, value: 'arn:aws:iam::123456789012:role/previewops-ci' }
  prologue:
    commands:
      - checkout
      - sem-version node 24
      - export AWS_WEB_IDENTITY_TOKEN_FILE="$(mktemp)"
      - printf '%s' "$SEMAPHORE_OIDC_TOKEN" > "$AWS_WEB_IDENTITY_TOKEN_FILE"
blocks:
  - name: deploy
    run: { when: "pull_request =~ '.*'" }
    task:
      jobs:
        - { name: deploy, commands: ['${previewops('deploy')}'] }
`,
  },
} as const satisfies Record<string, { language: string; text: string }>;
