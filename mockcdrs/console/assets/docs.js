// Crossbar's API in Swagger UI, ready to be tried with the account and token of this server.

import { get } from "./api.js";

const dark = matchMedia("(prefers-color-scheme: dark)");
const showScheme = () => document.documentElement.classList.toggle("dark-mode", dark.matches);

function show(spec, account) {
  spec.components.parameters.account_id.example = account.account_id;
  const ui = globalThis.SwaggerUIBundle({
    spec,
    dom_id: "#docs",
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    validatorUrl: "none", // asks nobody else
    onComplete: () => ui.preauthorizeApiKey("token", account.auth_token),
  });
}

dark.addEventListener("change", showScheme);
showScheme();
try {
  show(...(await Promise.all([get("openapi.json"), get("account")])));
} catch (error) {
  const told = document.getElementById("failed");
  told.textContent = `${error.message} Open the console first, which takes the control token.`;
  told.hidden = false;
}
