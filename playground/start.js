// Starts Altair. Everything that it talks to is where this page came from.

import examples from "./examples.js";

const endpoint = new URL("graphql", location.href);
const socket = new URL(endpoint);
socket.protocol = location.protocol === "https:" ? "wss:" : "ws:";

const asked = async (path) => (await fetch(new URL(path, location.href))).json();
const { demo } = await asked("console.json");
const admins = demo ? await asked("demo/admins") : [];

// The examples take these from the environment, which the button at the top right edits: once for all tabs.
const environment = { token: admins[0]?.token ?? "", import: "", version: 1, plan: "" };
const taken = { $id: '"{{import}}"', $version: "{{version}}", $plan: '"{{plan}}"' };

const variables = (query) => {
  const names = [...query.matchAll(/\$\w+(?=: )/g)].map(([name]) => name);
  const lines = names.filter((name) => taken[name]).map((name) => `  "${name.slice(1)}": ${taken[name]}`);
  return `{\n${lines.join(",\n")}\n}`;
};

// For the tabs below, and for every tab that is opened later.
const common = {
  endpointURL: endpoint.href,
  subscriptionsEndpoint: socket.href,
  initialHeaders: { Authorization: "Bearer {{token}}", "GraphQL-Require-Preflight": "1" },
  initialSubscriptionRequestHandlerId: "graphql-ws",
  initialSubscriptionsPayload: { authorization: "Bearer {{token}}" },
};

globalThis.AltairGraphQL.init({
  ...common,
  // A token is not to outlive the page.
  preserveState: false,
  disableAccount: true,
  initialSettings: {
    theme: "system",
    language: "en-US",
    addQueryDepthLimit: 3,
    tabSize: 2,
    disablePushNotification: true,
    "alert.disableUpdateNotification": true,
    "banners.disable": true,
    "schema.reloadOnStart": admins.length > 0,
    "schema.reload.onEnvChange": true,
  },
  initialEnvironments: {
    activeSubEnvironment: admins.length ? "admin-0" : undefined,
    base: { title: "Muster", variables: environment },
    subEnvironments: admins.map(({ name, token }, index) => ({ id: `admin-${index}`, title: name, variables: { token } })),
  },
  initialWindows: examples.map(({ title, query }) => ({
    ...common,
    initialName: title,
    initialQuery: query,
    initialVariables: variables(query),
  })),
});
