/** What both sides say on a document. `collection` is the document's place in the API. */
import { Anchor, Avatar, Button, Group, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useChange } from "@/api/change";
import { api, must, type Schemas } from "@/api/client";
import { useMe } from "@/api/session";
import { ErrorState, Refusal } from "@/ui/ErrorState";
import { showFaults, useKeptDraft, useSay } from "@/ui/form";
import { Moment } from "@/ui/numbers";

export type Collection = "orders" | "invoices";

export function useComments(collection: Collection, id: string): ReturnType<typeof query> {
  return query(collection, id);
}

 
function query(collection: Collection, id: string) {
  // eslint-disable-next-line react-hooks/rules-of-hooks -- only `useComments` calls it
  return useInfiniteQuery({
    queryKey: [collection, id, "comments"],
    initialPageParam: "",
    queryFn: ({ pageParam }) =>
      must(
        api.GET(`/${collection}/{document_id}/comments`, {
          params: { path: { document_id: id }, query: { limit: 100, ...(pageParam ? { after: pageParam } : {}) } },
        }),
      ),
    getNextPageParam: (page: Schemas["CommentPage"]) => page.next,
    meta: { live: ["comment"] },
  });
}

export function Conversation(props: { collection: Collection; id: string; may: boolean; seenBy?: string }): ReactNode {
  const { t } = useTranslation("ui");
  const me = useMe();
  const say = useSay();
  const place = `counterpart.draft.comment.${props.id}`;
  const [text, setText] = useState(() => sessionStorage.getItem(place) ?? "");
  const comments = useComments(props.collection, props.id);
  const write = (words: string): void => {
    setText(words);
    sessionStorage.setItem(place, words);
  };
  const post = useChange({
    send: (wish: string, header) =>
      must(
        api.POST(`/${props.collection}/{document_id}/comments`, {
          params: { path: { document_id: props.id }, header },
          body: { text: wish },
        }),
      ),
    invalidates: () => [[props.collection, props.id, "comments"]],
    onDone: () => {
      setText("");
      sessionStorage.removeItem(place);
    },
  });
  const [byPhone, setByPhone] = useState(false);
  if (comments.isError) return <ErrorState error={comments.error} again={() => void comments.refetch()} />;
  const said = comments.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Stack gap="md">
      {said.length === 0 && comments.isSuccess && <Text c="dimmed">{t("talk.empty")}</Text>}
      {said.map((comment) => (
        <Group key={comment.id} align="flex-start" wrap="nowrap" gap="sm">
          <Avatar
            size={28}
            radius="xl"
            name={comment.author.name}
            color={comment.organisation.id === me.standing?.organisation.id ? "accent" : "gray"}
            aria-hidden="true"
          />
          <div style={{ minWidth: 0 }}>
            <Text size="sm" fw={600}>
              {comment.author.name}
            </Text>
            <Text size="xs" c="dimmed">
              {comment.organisation.name} · <Moment at={comment.posted_at} />
              {comment.agreed_with ? ` · ${t("talk.phone", { name: comment.agreed_with })}` : ""}
            </Text>
            <Text size="sm" mt={4} style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
              {comment.text}
            </Text>
          </div>
        </Group>
      ))}
      {comments.hasNextPage && (
        <Button variant="subtle" size="xs" onClick={() => void comments.fetchNextPage()}>
          {t("loadMore")}
        </Button>
      )}
      {props.may && byPhone && <PhoneAgreement collection={props.collection} id={props.id} onDone={() => setByPhone(false)} />}
      {props.may && !byPhone && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (text.trim()) post.mutate(text.trim());
          }}
        >
          <Stack gap="xs">
            <Textarea
              aria-label={t("talk.write")}
              placeholder={t("talk.write")}
              autosize
              minRows={2}
              maxRows={10}
              maxLength={4000}
              value={text}
              onChange={(event) => write(event.currentTarget.value)}
            />
            {props.seenBy !== undefined && (
              <Text size="xs" c="dimmed">
                {t("talk.sentTo", { name: props.seenBy })}
              </Text>
            )}
            <Refusal>{post.isError ? say(post.error) : null}</Refusal>
            <Group justify="space-between">
              <Anchor component="button" type="button" size="xs" onClick={() => setByPhone(true)}>
                {t("talk.notePhone")}
              </Anchor>
              <Button type="submit" size="xs" loading={post.isPending} disabled={!text.trim()}>
                {t("talk.send")}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Stack>
  );
}

/** The note of a telephone call: with whom, when, and what was agreed (S-034). */
function PhoneAgreement(props: { collection: Collection; id: string; onDone: () => void }): ReactNode {
  const { t } = useTranslation("ui");
  const say = useSay();
  const [refusal, setRefusal] = useState<string | null>(null);
  const form = useForm({
    initialValues: { agreed_with: "", agreed_at: localNow(), text: "" },
    validate: {
      agreed_with: (name) => (name.trim() ? null : t("talk.faults.with")),
      agreed_at: (at) => (!at ? t("talk.faults.at") : new Date(at) > new Date() ? t("talk.faults.future") : null),
      text: (text) => (text.trim() ? null : t("talk.faults.text")),
    },
  });
  const forget = useKeptDraft(`phone.${props.id}`, form);
  const note = useChange({
    send: (body: Schemas["RecordPhoneAgreement"], header) =>
      must(
        api.POST(`/${props.collection}/{document_id}/phone-agreements`, {
          params: { path: { document_id: props.id }, header },
          body,
        }),
      ),
    invalidates: () => [[props.collection, props.id, "comments"]],
    onDone: () => {
      forget();
      props.onDone();
    },
  });
  return (
    <form
      noValidate
      aria-label={t("talk.notePhone")}
      onSubmit={form.onSubmit((values) => {
        setRefusal(null);
        note.mutate(
          {
            agreed_with: values.agreed_with.trim(),
            agreed_at: new Date(values.agreed_at).toISOString(),
            text: values.text.trim(),
          },
          { onError: (error) => setRefusal(showFaults(form, error, say)) },
        );
      })}
    >
      <Stack gap="xs">
        <TextInput label={t("talk.with")} maxLength={200} data-autofocus {...form.getInputProps("agreed_with")} />
        <TextInput type="datetime-local" label={t("talk.at")} max={localNow()} {...form.getInputProps("agreed_at")} />
        <Textarea label={t("talk.agreed")} autosize minRows={2} maxRows={10} maxLength={4000} {...form.getInputProps("text")} />
        <Refusal>{refusal}</Refusal>
        <Group justify="flex-end" gap="xs">
          <Button
            variant="default"
            size="xs"
            disabled={note.isPending}
            onClick={() => {
              forget();
              props.onDone();
            }}
          >
            {t("talk.back")}
          </Button>
          <Button type="submit" size="xs" loading={note.isPending}>
            {t("talk.keep")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Now, as a field for day and time has it. */
function localNow(): string {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
