// The playground: runs an operation over HTTP, with a file as a multipart request, or over a WebSocket.

const examples = {
  "Who am I?": ["{ viewer { user { name } tenant { name memberCount } isTenantAdmin } }", {}],
  "The history": [
    `{
  activeImport { id bannerMessage }
  membershipImports(first: 20) {
    totalCount
    nodes {
      id version status step action
      file { name download { url } }
      uploadedBy { name } uploadedAt updatedAt
    }
  }
}`,
    {},
  ],
  "Upload a file": [
    `mutation ($file: Upload!) {
  uploadMembershipFile(input: { file: $file }) {
    membershipImport { id version step mapping { columns { column { header } field { key } source } blockers { message } } }
    superseded { id status }
    userErrors { code message rowNumber byteOffset }
  }
}`,
    { file: null },
  ],
  "Approve the mapping": [
    `mutation ($id: ID!, $version: Int!) {
  approveMapping(input: { importId: $id, ifVersion: $version }) {
    membershipImport { version step }
    userErrors { code message }
  }
}`,
    { id: "…", version: 1 },
  ],
  "Review the plan": [
    `query ($id: ID!) {
  membershipImport(id: $id) {
    version step
    plan {
      id rowsRead rowsUnchanged rowsHeld rowsRepeated rowsWithActions
      counts { kind proposed approved rejected } deletionsBlocked deletionsToConfirm
      profileActions(first: 20) { nodes { id kind decision memberName changes { field { label } before after } } }
      rowIssues(first: 20) { nodes { rowNumber severity code message } }
    }
  }
}`,
    { id: "…" },
  ],
  "Approve all": [
    `mutation ($plan: ID!) {
  decideProfileActions(input: { planId: $plan, decision: APPROVED, target: { all: true } }) {
    decidedCount
    membershipImport { id version plan { deletionsToConfirm } }
    userErrors { code message }
  }
}`,
    { plan: "…" },
  ],
  "Complete": [
    `mutation ($id: ID!, $version: Int!, $confirm: Int) {
  completeImport(input: { importId: $id, ifVersion: $version, confirmDeletions: $confirm }) {
    membershipImport { version status step }
    userErrors { code message }
  }
}`,
    { id: "…", version: 1, confirm: null },
  ],
  "Watch all imports": [
    "subscription { importsChanged { change { status step version membershipImport { file { name } progress { processed total } } } activeImport { bannerMessage } } }",
    {},
  ],
};

const at = (id) => document.getElementById(id);
const show = (value) => {
  at("answer").textContent = typeof value === "string" ? value : JSON.stringify(value, null, 2);
};
let socket = null;

for (const name of Object.keys(examples)) at("example").append(new Option(name));
at("example").addEventListener("change", () => {
  const [operation, variables] = examples[at("example").value];
  at("operation").value = operation;
  at("variables").value = JSON.stringify(variables, null, 2);
});
at("example").dispatchEvent(new Event("change"));

// The part of an address behind # is never sent to a server; it is taken out at once.
const handed = new URLSearchParams(location.hash.slice(1)).get("token");
if (handed) {
  at("token").value = handed;
  history.replaceState(null, "", location.pathname);
}

async function run(body, token, file) {
  const headers = { authorization: `Bearer ${token}`, accept: "application/json" };
  let content = JSON.stringify(body);
  if (file) {
    body.variables.file = null;
    content = new FormData();
    content.append("operations", JSON.stringify(body));
    content.append("map", JSON.stringify({ 0: ["variables.file"] }));
    content.append("0", file);
  } else {
    headers["content-type"] = "application/json";
  }
  const answer = await fetch("/graphql", { method: "POST", headers, body: content });
  show(await answer.json());
}

function watch(body, token) {
  const events = [];
  socket = new WebSocket(location.origin.replace(/^http/, "ws") + "/graphql", "graphql-transport-ws");
  at("stop").hidden = false;
  show("waiting …");
  socket.onopen = () =>
    socket.send(JSON.stringify({ type: "connection_init", payload: { authorization: `Bearer ${token}` } }));
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.type === "connection_ack") socket.send(JSON.stringify({ id: "1", type: "subscribe", payload: body }));
    if (message.type === "ping") socket.send(JSON.stringify({ type: "pong" }));
    if (message.type === "next" || message.type === "error") {
      events.unshift(message.payload);
      events.length = Math.min(events.length, 50);
      show(events);
    }
    if (message.type === "complete") stop();
  };
  socket.onclose = ({ code, reason }) => {
    at("stop").hidden = true;
    if (code !== 1000) show(`closed: ${code} ${reason}`);
  };
}

function stop() {
  socket?.close(1000);
  socket = null;
}

at("stop").addEventListener("click", stop);
at("operation-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  stop();
  try {
    const body = { query: at("operation").value, variables: JSON.parse(at("variables").value || "{}") };
    const token = at("token").value.trim();
    if (/^\s*subscription\b/.test(body.query)) watch(body, token);
    else await run(body, token, /\$file\b/.test(body.query) ? at("file").files[0] : null);
  } catch (error) {
    show(String(error));
  }
});
