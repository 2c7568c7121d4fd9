import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createSandboxClock } from "./clock.ts";
import "./styles/base.css";
import "./styles/conversation.css";
import "./styles/composer.css";
import "./styles/phone.css";
import { App } from "./ui/app.tsx";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root.");
createRoot(root).render(
  <StrictMode>
    <App clock={createSandboxClock()} />
  </StrictMode>,
);
