/** Puts `value` under `key` unless there is one; says whether it did, as a list to spread. */
export function add<T>(records: Record<string, T>, key: string, value: T): string[] {
  if (Object.hasOwn(records, key)) return [];
  records[key] = value;
  return [key];
}
