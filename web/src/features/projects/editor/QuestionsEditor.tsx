/** The list of questions: add, remove, reorder, edit. */
import { Menu } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { ApiError } from "../../../api/client";
import type { Field, Kinds, Question } from "../../../api/types";
import { Button, Empty } from "../../../ui";
import layout from "../../../ui/layout.module.css";
import { isUnder, moved, nameFrom, withoutQuestion, withQuestion } from "./draft";
import { QuestionCard } from "./QuestionCard";

export interface QuestionsEditorProps {
  questions: Question[];
  fields: Field[];
  kinds: Kinds;
  error: unknown;
  onChange(questions: Question[]): void;
}

export function QuestionsEditor({ questions, fields, kinds, error, onChange }: QuestionsEditorProps) {
  const [open, setOpen] = useState<number | null>(questions.length === 1 ? 0 : null);
  const place = error instanceof ApiError ? error.place : null;
  const add = (type: string, title: string) => {
    const name = nameFrom(title, questions.map((question) => question.name));
    onChange([...questions, { name, type, config: {} }]);
    setOpen(questions.length);
  };
  const usable = kinds.task_types.filter(
    (type) => type.field_kinds.includes("*") || fields.some((field) => type.field_kinds.includes(field.kind)),
  );
  return (
    <div className={`${layout.stack} ${layout.tight}`}>
      {questions.length === 0 ? <Empty title="What do you want to know about each item?" text="Add the first question below." /> : null}
      {questions.map((question, at) => (
        <QuestionCard
          key={at} question={question} at={at} earlier={questions.slice(0, at)} fields={fields} kinds={kinds}
          last={at === questions.length - 1}
          open={open === at || isUnder(place, `questions.${question.name}`)}
          trouble={error instanceof ApiError && isUnder(place, `questions.${question.name}`) ? error.message : null}
          onToggle={() => setOpen(open === at ? null : at)}
          onChange={(next) => onChange(withQuestion(questions, at, next))}
          onMove={(by) => {
            onChange(moved(questions, at, by));
            setOpen(open === at ? at + by : null);
          }}
          onRemove={() => {
            onChange(withoutQuestion(questions, at));
            setOpen(null);
          }}
        />
      ))}
      <div>
        <Menu position="bottom-start">
          <Menu.Target>
            <Button icon={<IconPlus size={15} aria-hidden />}>Add question</Button>
          </Menu.Target>
          <Menu.Dropdown>
            {usable.map((type) => (
              <Menu.Item key={type.name} onClick={() => add(type.name, type.title)}>
                {type.title}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      </div>
    </div>
  );
}
