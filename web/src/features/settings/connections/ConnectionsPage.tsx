/** The language models that projects may ask: connect, test, switch off, and see what they cost. For owners. */
import { useQuery } from "@tanstack/react-query";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { providersQuery } from "../../../api/connectionQueries";
import { connectionsQuery } from "../../../api/modelQueries";
import type { Connection } from "../../../api/types";
import { Button, Empty, ErrorNote, Panel, Skeleton } from "../../../ui";
import layout from "../../../ui/layout.module.css";
import { ConnectionCard } from "./ConnectionCard";
import { ConnectionDialog } from "./ConnectionDialog";
import { LedgerPanel } from "./LedgerPanel";
import { OwnModels } from "./OwnModels";

export function ConnectionsPage() {
  const connections = useQuery(connectionsQuery);
  const providers = useQuery(providersQuery);
  const [editing, setEditing] = useState<Connection | "new" | null>(null);
  const found = connections.data ?? [];
  const add = (
    <Button kind="primary" icon={<IconPlus size={15} />} disabled={!providers.data} onClick={() => setEditing("new")}>
      Connect a model
    </Button>
  );
  return (
    <div className={layout.page}>
      <div className={layout.pageHead}>
        <div>
          <h1>Connected models</h1>
          <p>Language models that projects may ask. A project’s data reaches one only if the project’s own rules allow it.</p>
        </div>
        {found.length > 0 ? add : null}
      </div>
      <div className={layout.stack}>
        <ErrorNote error={connections.error ?? providers.error} onRetry={() => void Promise.all([connections.refetch(), providers.refetch()])} />
        {connections.isPending && !connections.error ? <Skeleton height={120} /> : null}
        {connections.data?.length === 0 ? (
          <Empty
            title="No model is connected yet"
            text="Connect one on your own machine (llama.cpp, Ollama, LM Studio, vLLM, a GGUF file) or from a provider, and let it suggest answers, help annotators or judge."
            action={add}
          />
        ) : null}
        {found.length > 0 ? (
          <Panel flush>
            {found.map((one) => (
              <ConnectionCard key={one.id} connection={one} onEdit={() => setEditing(one)} />
            ))}
          </Panel>
        ) : null}
        <OwnModels />
        <LedgerPanel />
      </div>
      {editing !== null && providers.data ? (
        <ConnectionDialog providers={providers.data} connection={editing === "new" ? null : editing} onClose={() => setEditing(null)} />
      ) : null}
    </div>
  );
}
