/**
 * Why an Application Load Balancer would not take a matcher; undefined if it would.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Matcher.html
 */
export function describeCodesMistake(codes: string): string | undefined {
  const parts = codes.split(',').map((part) => /^(\d{3})(?:-(\d{3}))?$/.exec(part));
  const right = parts.every((match) => {
    const from = Number(match?.[1]);
    const to = Number(match?.[2] ?? match?.[1]);
    return from >= 200 && to <= 499 && from <= to;
  });
  return right ? undefined : 'must be HTTP codes from 200 to 499, such as 200, 200,302 or 200-399';
}
