import "./ui/base.css";
import "./ui/ui.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { listenForTokens } from "./session/embedding";
import { signIn, signOut } from "./session/session";
import { loadSettings } from "./session/settings";
import { currentToken } from "./session/token";

const root = document.getElementById("root");
if (root === null) throw new Error("the page has no root");

// Whoever has a token is asked about at once, whatever the settings say.
const token = currentToken();
const signingIn = token === null ? null : signIn(token);
const settings = await loadSettings();
listenForTokens(settings.embedOrigins);
createRoot(root).render(
  <StrictMode>
    <App settings={settings} />
  </StrictMode>,
);
// Without one, a reverse proxy may say who it is. The demo has none.
if (signingIn === null) {
  if (settings.demo) signOut(null);
  else await signIn(null);
}
