import "./ui/base.css";
import "./ui/ui.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { listenForTokens } from "./session/embedding";
import { resumeSession } from "./session/session";
import { loadSettings } from "./session/settings";

const root = document.getElementById("root");
if (root === null) throw new Error("the page has no root");

const settings = await loadSettings();
listenForTokens(settings.embedOrigins);
createRoot(root).render(
  <StrictMode>
    <App settings={settings} />
  </StrictMode>,
);
// The demo has nobody in front of it who would say who it is.
await resumeSession({ proxied: !settings.demo });
