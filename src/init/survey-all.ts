import { askApp } from './ask-app.ts';
import { askDomain, askZone } from './ask-names.ts';
import { askCluster, askGroups, askListener, askSubnets, askVpc } from './ask-network.ts';
import { askRoles } from './ask-roles.ts';
import type { Survey, Tools } from './survey.ts';

/** Every question, in an order in which each can use the answers before it. */
export async function surveyAll(
  tools: Tools,
  { bootstrap }: { bootstrap: boolean },
): Promise<Survey> {
  const survey: Survey = { values: {}, makes: new Set() };
  const about = { survey, tools };
  await askApp(about);
  await askCluster(about);
  await askListener(about);
  await askVpc(about);
  await askSubnets(about);
  await askGroups(about);
  await askDomain(about);
  await askZone({ ...about, bootstrap });
  await askRoles(about);
  return survey;
}
