/** Where the web app starts. */
import "../ui/mantine.css";
import "../ui/base.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Root } from "./Root";

/** After an update of the server the old page asks for files that are gone: load the new page, but not in a circle. */
window.addEventListener("vite:preloadError", (event) => {
  const before = Number(sessionStorage.getItem("reloaded") ?? 0);
  if (Date.now() - before < 30_000) return;
  sessionStorage.setItem("reloaded", String(Date.now()));
  event.preventDefault();
  location.reload();
});

const place = document.getElementById("root");
if (place === null) throw new Error('index.html has no element with the id "root".');
createRoot(place).render(
  <StrictMode>
    <Root />
  </StrictMode>,
);
