/**
 * The buildspec of every build, inline and ours, never from the branch. All that varies arrives in
 * environment variables and is only ever expanded inside double quotes, so no branch name, path or
 * argument can become a command. `--provenance=false` keeps one plain manifest per tag; a cache in
 * a registry needs the container driver, and nothing else does.
 */
export const buildspec = `version: 0.2
env:
  shell: bash
phases:
  pre_build:
    commands:
      - aws ecr get-login-password --region "$AWS_REGION" | docker login --username AWS --password-stdin "$PREVIEWOPS_REGISTRY"
      - if [ -n "\${PREVIEWOPS_CACHE:-}" ]; then docker buildx create --use --driver docker-container; fi
  build:
    commands:
      - |
        set -euo pipefail
        set -- --file "$PREVIEWOPS_CONTEXT/$PREVIEWOPS_DOCKERFILE" --platform "$PREVIEWOPS_PLATFORM"
        set -- "$@" --provenance=false --progress=plain --tag "$PREVIEWOPS_IMAGE" --push
        if [ -n "\${PREVIEWOPS_TARGET:-}" ]; then set -- "$@" --target "$PREVIEWOPS_TARGET"; fi
        for name in \${PREVIEWOPS_BUILD_ARGS:-}; do
          set -- "$@" --build-arg "$name=$(printenv "PREVIEWOPS_ARG_$name")"
        done
        if [ -n "\${PREVIEWOPS_CACHE:-}" ]; then
          set -- "$@" --cache-from "type=registry,ref=$PREVIEWOPS_CACHE"
          set -- "$@" --cache-to "type=registry,ref=$PREVIEWOPS_CACHE,mode=max,image-manifest=true,oci-mediatypes=true"
        fi
        docker buildx build "$@" -- "$PREVIEWOPS_CONTEXT"
`;
