import fc from 'fast-check';
import { expect, it } from 'vitest';
import { identify } from '../../../src/preview/identity.ts';
import { stoppedPage } from '../../../src/providers/aws-ecs/resources/stopped-page.ts';

const rules = {
  app: 'shop',
  baseDomain: 'previews.example.com',
  hostPattern: '{id}.{baseDomain}',
  branchPrefix: '',
};
const pageOf = (ref: { pr: number } | { branch: string }) => stoppedPage(identify(ref, rules));

it('names the preview, that it is stopped, and how to start it', () => {
  const page = pageOf({ pr: 42 });
  expect(page).toContain('<h1>Preview pr-42 of shop is stopped</h1>');
  expect(page).toContain('pull request 42');
  expect(page).toContain('<code>previewops start --pr 42</code>');
});

it('holds whatever a branch is called, as text that a shell reads as one word', () => {
  const page = pageOf({ branch: `feature/<script>&"'é` });
  expect(page).not.toContain('<script>');
  expect(page).toContain(
    '--branch &#39;feature/&#60;script&#62;&#38;&#34;&#39;\\&#39;&#39;&#233;&#39;</code>',
  );
});

it('is plain ASCII within what AWS takes, for every branch', () => {
  const branch = fc.string({ minLength: 1, maxLength: 255, unit: 'binary' });
  const apps = fc.stringMatching(/^[a-z]{1,40}$/);
  fc.assert(
    fc.property(branch, apps, (name, app) => {
      const page = stoppedPage(identify({ branch: name }, { ...rules, app }));
      expect(page.length).toBeLessThanOrEqual(1024);
      expect(page).toMatch(/^[\x20-\x7e]+$/);
      expect(page).toContain('previewops start');
      expect(page.match(/<script/gi)).toBeNull();
    }),
  );
});

it('where the branch is too long to be named, its checkout names it', () => {
  const page = pageOf({ branch: 'ü'.repeat(250) });
  expect(page).toContain('<code>previewops start</code> in a checkout of its branch');
});
