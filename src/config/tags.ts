import * as z from 'zod';
import { withForm } from './editor-forms.ts';
import * as field from './fields.ts';

/**
 * The narrowest of the services that get the tags: CodeBuild takes keys of 127 and values of 255
 * characters, the others one more, and all of them 50 tags, some of which previewops needs.
 * https://docs.aws.amazon.com/codebuild/latest/APIReference/API_Tag.html
 */
const key = field
  .text(
    'named with 1 to 127 letters, digits, spaces and _ . : / = + - @',
    /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,127}$/u,
  )
  .superRefine((name, context) => {
    const reserved = /^(aws|previewops):/i.exec(name)?.[1]?.toLowerCase();
    if (reserved === undefined) return;
    const owner = reserved === 'aws' ? 'AWS' : 'previewops';
    context.addIssue({
      code: 'custom',
      message: `begins with ${reserved}:, which is ${owner}'s own`,
    });
  });

const value = field
  .word()
  .pipe(
    field.text(
      'at most 255 letters, digits, spaces and _ . : / = + - @',
      /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,255}$/u,
    ),
  );

export const tagMap = z
  .record(withForm(key, { kind: 'tag-key' }), value, {
    error: 'must be a mapping of tag keys to values',
  })
  .refine((tags) => Object.keys(tags).length <= 30, { error: 'must hold at most 30 tags' });
