// Starts Altair. Everything that it talks to is where this page came from.

import examples from "./examples.js";

const endpoint = new URL("graphql", location.href);
const socket = new URL(endpoint);
socket.protocol = location.protocol === "https:" ? "wss:" : "ws:";

const asked = async (path) => (await fetch(new URL(path, location.href))).json();
const { demo } = await asked("console.json");
const admins = demo ? await asked("demo/admins") : [];

// What all tabs share, and the button at the top right edits; the examples take it in as {{…}}.
const environment = { token: "", import: "", plan: "" };
const values = { id: "{{import}}", plan: "{{plan}}", version: 1 };

const variables = (query) => {
  const names = [...query.matchAll(/\$(\w+): /g)].map(([, name]) => name);
  const known = names.filter((name) => name in values).map((name) => [name, values[name]]);
  return JSON.stringify(Object.fromEntries(known), null, 2);
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
    "schema.reloadOnStart": demo,
    "schema.reload.onEnvChange": !demo,
  },
  initialEnvironments: {
    activeSubEnvironment: demo ? "admin-0" : undefined,
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

// Altair leaves the tab in front that it opened last.
new MutationObserver((_, observer) => {
  const tabs = document.querySelectorAll(".window-switcher__item");
  if (tabs.length < examples.length) return;
  observer.disconnect();
  tabs[0].click();
}).observe(document.body, { childList: true, subtree: true });
