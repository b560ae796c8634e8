import "@/styles/first.css";
import "@/app.css";
import { createRoot } from "react-dom/client";
import { App } from "@/App";
import { startTexts } from "@/i18n";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");

await startTexts();
createRoot(root).render(<App />);
