/**
 * A DNS name as Route 53 keeps it: lower case, with a dot at the end, and every other character
 * (also the `*` of a wildcard) as a three-digit octal code. "DNS domain name format" of the
 * Route 53 developer guide.
 */
export function normalizeName(name: string): string {
  const dotted = name.endsWith('.') ? name : `${name}.`;
  return dotted
    .toLowerCase()
    .replace(/\\\d{3}|[^a-z0-9._-]/g, (found) =>
      found.length === 4 ? found : `\\${found.charCodeAt(0).toString(8).padStart(3, '0')}`,
    );
}

/** Sorts as Route 53 lists: by the labels from right to left, then by type. */
export function recordOrder(name: string, type = ''): string {
  const labels = name.replace(/\.$/, '').split('.').reverse();
  // The separator sorts before every character of a label, so that a name comes before its children.
  return `${labels.join('\u0001')}\u0000${type}`;
}

/** A hosted zone or change id without the path that the API puts before it. */
export function bareId(id: string | undefined): string {
  return (id ?? '').replace(/^\/?(hostedzone|change)\//, '');
}
