/** What a container listens on when nothing says otherwise. */
export const defaultPort = 8080;

/**
 * The port for an app whose `container.port` is not written: the first TCP port that the Dockerfile
 * exposes, else 8080. Lines with variables are passed over, as only a build knows their values.
 */
export function resolvePort(dockerfile: string | undefined): number {
  const lines = (dockerfile ?? '')
    .replaceAll(/\\[ \t]*\r?\n/g, ' ')
    .split(/\r?\n/)
    .filter((line) => !line.includes('$'));
  const words = lines.flatMap((line) => /^\s*EXPOSE\s+(.*)$/i.exec(line)?.[1]?.split(/\s+/) ?? []);
  const ports = words.map(
    (word) => /^["']?(\d{1,5})(?:-\d{1,5})?(?:\/tcp)?["']?$/i.exec(word)?.[1],
  );
  return ports.map(Number).find((port) => port >= 1 && port <= 65_535) ?? defaultPort;
}
