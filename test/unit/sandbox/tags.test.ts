import { expect, test } from 'vitest';
import {
  checkTags,
  requestTagContext,
  resourceTagContext,
  tagsOf,
} from '../../../src/sandbox/tags.ts';

const long = (length: number) => 'x'.repeat(length);
const many = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`key-${n}`, '']));

test.each([
  [{ 'a b_.:/=+-@é1': 'ä ö' }, {}],
  [{ [long(128)]: long(256) }, {}],
  [{ [long(127)]: long(255) }, { key: 127, value: 255 }],
  [many(50), {}],
])('%j is taken', (tags, limits) => {
  expect(() => checkTags(tags, limits)).not.toThrow();
});

test.each([
  [{ [long(129)]: '' }, {}, 'longer than 128'],
  [{ [long(128)]: '' }, { key: 127 }, 'longer than 127'],
  [{ a: long(257) }, {}, 'longer than 256'],
  [{ a: long(256) }, { value: 255 }, 'longer than 255'],
  [{ 'a*': '' }, {}, 'not allowed'],
  [{ a: 'b\n' }, {}, 'not allowed'],
  [{ a: 'b#c' }, {}, 'not allowed'],
  [{ '': 'b' }, {}, 'empty'],
  [{ 'AWS:a': 'b' }, {}, 'reserved'],
  [many(51), {}, 'maximum number of tags (50)'],
])('%j is refused', (tags, limits, text) => {
  expect(() => checkTags(tags, limits)).toThrow(text);
});

test('the errors have the names that the service gives them', () => {
  const names = { error: 'ValidationError', countError: 'TooManyTagsException' };
  const nameOf = (tags: Record<string, string>) => {
    try {
      checkTags(tags, names);
    } catch (error) {
      return (error as Error).name;
    }
    return 'none';
  };
  expect(nameOf({ '': '' })).toBe('ValidationError');
  expect(nameOf(many(51))).toBe('TooManyTagsException');
});

test('both shapes of tag lists are read', () => {
  expect(tagsOf([{ Key: 'a', Value: '1' }, { Key: 'b' }])).toEqual({ a: '1', b: '' });
  expect(tagsOf([{ key: 'a', value: '1' }])).toEqual({ a: '1' });
  expect(tagsOf(undefined)).toEqual({});
});

test('the condition keys of tags', () => {
  expect(requestTagContext({ a: '1' })).toEqual({ 'aws:TagKeys': ['a'], 'aws:RequestTag/a': '1' });
  expect(requestTagContext({})).toEqual({});
  expect(resourceTagContext({ a: '1' })).toEqual({ 'aws:ResourceTag/a': '1' });
  expect(resourceTagContext(undefined)).toEqual({});
});
