import { explain } from '../aws/errors.ts';
import { applyBootstrap } from '../bootstrap/apply.ts';
import { readStack } from '../bootstrap/stack.ts';
import type { BootstrapTools } from '../bootstrap/tools.ts';
import type { Stacks } from '../init/outside.ts';
import type { Prompts } from '../init/prompts.ts';
import type { Session } from '../report/io.ts';
import type { Context } from './context.ts';
import type { Ui } from './ui.ts';

interface Tools extends Pick<Context, 'aws' | 'clock'> {
  session: Session;
  ui: Ui;
  prompts: Prompts | undefined;
}

/** What `init` does with stacks of CloudFormation. */
export function openStacks({ aws, clock, session, ui, prompts }: Tools): Stacks {
  const { signal, io } = session;
  const tools: BootstrapTools = { aws, clock, signal, random: io.random, note: ui.note };
  return {
    read: (name) => readStack(tools, name),
    oidcProvider: async (host) => {
      try {
        const { OpenIDConnectProviderList: all = [] } = await aws.call(
          'iam:ListOpenIDConnectProviders',
          {},
        );
        return all.find(({ Arn }) => Arn?.endsWith(`:oidc-provider/${host}`))?.Arn;
      } catch (error) {
        signal.throwIfAborted();
        const { message } = explain(error);
        ui.warn(`whether the account has an OIDC provider for ${host} is not known: ${message}`);
        return undefined;
      }
    },
    apply: ({ name, template }) =>
      applyBootstrap(tools, {
        template,
        stackName: name,
        // Previews hang on what is there: only somebody who sees the changes may agree.
        confirmDestructive: async () =>
          prompts === undefined
            ? false
            : prompts.confirm(
                'Replace or remove what these lines say, with all that uses it?',
                false,
              ),
      }),
  };
}
