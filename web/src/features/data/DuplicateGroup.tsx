/** Items that are nearly the same, side by side: differing words marked, pictures large enough to compare. */
import { Link } from "@tanstack/react-router";
import { useEffect, useMemo, useRef, useState } from "react";
import { api, mediaUrl, thumbUrl } from "../../api/client";
import type { NearGroup, NearItem } from "../../api/types";
import { diffWords } from "../../lib/diff";
import { Button } from "../../ui";
import { count, percent, plural } from "../../ui/format";
import layout from "../../ui/layout.module.css";
import { notifyError } from "../../ui/notify";
import css from "./duplicates.module.css";
import { others, setAsideIn } from "./duplicates";
import { StatusMark } from "./StatusMark";

export interface GroupActs {
  aside(ids: number[]): void;
  back(ids: number[]): void;
  busy: boolean;
}

export interface GroupProps {
  project: number;
  group: NearGroup;
  place: number;
  /** The item that the keys are about; null: none of this group. */
  at: number | null;
  onAt(item: number): void;
  acts: GroupActs;
}

export function DuplicateGroup({ project, group, place, at, onAt, acts }: GroupProps) {
  const [more, setMore] = useState<NearItem[]>([]);
  const shown = [...group.items, ...more];
  const first = shown[0];
  const spare = others(group);
  const gone = setAsideIn(group);
  const name = `Group ${place}`;
  return (
    <section className={css.group} aria-label={name} data-current={at !== null || undefined}>
      <header className={css.groupHead}>
        <h2>{name}</h2>
        <span className="dim">{plural(group.n, "item")}, likeness to the first from {percent(group.likeness)}</span>
        <span className={layout.grow} />
        {gone.length > 0 ? <Button size="small" disabled={acts.busy} keys={at === null ? undefined : "U"} onClick={() => acts.back(gone)}>Take all back</Button> : null}
        {spare.length > 0 ? (
          <Button size="small" disabled={acts.busy} keys={at === null ? undefined : "G"} onClick={() => acts.aside(spare)}>
            Keep one, set {spare.length === 1 ? "the other" : `${count(spare.length)} others`} aside
          </Button>
        ) : null}
      </header>
      <div className={css.items} data-pictures={first?.media !== null || undefined}>
        {shown.map((item, k) => (
          <Card key={item.id} project={project} item={item} first={first} current={at === k} onAt={() => onAt(k)} acts={acts} />
        ))}
      </div>
      {shown.length < group.n ? <More project={project} group={group} shown={shown.length} onMore={(items) => setMore([...more, ...items])} /> : null}
    </section>
  );
}

function Card({ project, item, first, current, onAt, acts }: { project: number; item: NearItem; first: NearItem | undefined; current: boolean; onAt(): void; acts: GroupActs }) {
  const card = useRef<HTMLElement>(null);
  useEffect(() => {
    if (current) card.current?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [current]);
  const aside = item.status === "aside";
  const isFirst = item.id === first?.id;
  return (
    <article
      ref={card} className={css.card} aria-label={`Item ${item.ord}`} aria-current={current || undefined}
      data-aside={aside || undefined} onPointerDown={onAt}
    >
      <header className={css.cardHead}>
        <Link to="/p/$projectId/data" params={{ projectId: project }} search={{ item: item.id }}>No. {count(item.ord)}</Link>
        {item.key ? <span className={`dim mono ${layout.cut}`} title={item.key}>{item.key}</span> : null}
        <span className={layout.grow} />
        <span className="dim">{isFirst ? "the first" : percent(item.likeness)}</span>
      </header>
      {item.media === null ? <Words text={item.text ?? ""} against={isFirst ? null : (first?.text ?? "")} /> : <Picture media={item.media} name={item.name ?? ""} />}
      <footer className={css.cardFoot}>
        <StatusMark status={item.status} />
        {item.answers > 0 ? <span className="dim">{plural(item.answers, "answer")}</span> : null}
        <span className={layout.grow} />
        <Button size="small" disabled={acts.busy} keys={current ? "X" : undefined} onClick={() => (aside ? acts.back : acts.aside)([item.id])}>
          {aside ? "Take back" : "Set aside"}
        </Button>
      </footer>
    </article>
  );
}

function Words({ text, against }: { text: string; against: string | null }) {
  const pieces = useMemo(() => (against === null ? null : diffWords(against, text)), [text, against]);
  return (
    <div className={css.words} dir="auto" tabIndex={0} role="region" aria-label="Text">
      {pieces === null ? text : pieces.map((piece, k) => {
        if (piece.kind === "same") return <span key={k}>{piece.text}</span>;
        return piece.kind === "gone" ? <del key={k} className={css.gone}>{piece.text}</del> : <ins key={k} className={css.new}>{piece.text}</ins>;
      })}
    </div>
  );
}

function Picture({ media, name }: { media: number; name: string }) {
  const [failed, setFailed] = useState(false);
  if (failed) return <div className={css.picture}><span className="dim">This picture cannot be shown.</span></div>;
  return (
    <a className={css.picture} href={mediaUrl(media)} target="_blank" rel="noreferrer" title={`${name} (opens the file)`}>
      <img src={thumbUrl(media, 512)} alt={name} loading="lazy" onError={() => setFailed(true)} />
    </a>
  );
}

function More({ project, group, shown, onMore }: { project: number; group: NearGroup; shown: number; onMore(items: NearItem[]): void }) {
  const [busy, setBusy] = useState(false);
  const load = () => {
    setBusy(true);
    api
      .get<NearItem[]>(`/projects/${project}/duplicates/${group.id}`, { offset: shown, limit: 50 })
      .then(onMore)
      .catch(notifyError)
      .finally(() => setBusy(false));
  };
  return <div className={css.more}><Button size="small" busy={busy} onClick={load}>Show more ({count(group.n - shown)} left)</Button></div>;
}
