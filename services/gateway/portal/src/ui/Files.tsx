/** The files on a document: drop, progress, download. */
import { Anchor, Button, Group, Progress, Stack, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { IconFile } from "@tabler/icons-react";
import { useId, useState, type DragEvent, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { newKey, untilKnown } from "@/api/change";
import { api, fileAddress, must, upload } from "@/api/client";
import type { Collection } from "@/ui/Conversation";
import { ErrorState, Refusal } from "@/ui/ErrorState";
import { useSay } from "@/ui/form";
import { useFormats } from "@/ui/numbers";
import classes from "@/ui/Files.module.css";
import "@mantine/core/styles/Progress.css";

 
export function useFiles(collection: Collection, id: string) {
  return useQuery({
    queryKey: [collection, id, "files"],
    queryFn: () =>
      must(
        api.GET(`/${collection}/{document_id}/attachments`, { params: { path: { document_id: id }, query: { limit: 100 } } }),
      ),
    meta: { live: ["attachment"] },
  });
}

export function Files(props: { collection: Collection; id: string; may: boolean }): ReactNode {
  const { t } = useTranslation("ui");
  const say = useSay();
  const queries = useQueryClient();
  const { size, moment } = useFormats();
  const files = useFiles(props.collection, props.id);
  const [going, setGoing] = useState<{ name: string; part: number } | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const [over, setOver] = useState(false);
  const field = useId();

  const attach = async (chosen: FileList | null): Promise<void> => {
    setRefusal(null);
    for (const file of chosen ?? []) {
      const key = newKey();
      const path = `/${props.collection}/${props.id}/attachments?name=${encodeURIComponent(file.name)}`;
      setGoing({ name: file.name, part: 0 });
      try {
        await untilKnown(() => upload(path, file, key, (part) => setGoing({ name: file.name, part })));
      } catch (error) {
        setRefusal(`${file.name}: ${say(error)}`);
      }
    }
    setGoing(null);
    await queries.invalidateQueries({ queryKey: [props.collection, props.id, "files"] });
  };

  if (files.isError) return <ErrorState error={files.error} again={() => void files.refetch()} />;
  return (
    <Stack gap="sm">
      {files.data?.items.length === 0 && <Text c="dimmed">{t("files.empty")}</Text>}
      {files.data?.items.map((file) => (
        <Group key={file.id} wrap="nowrap" gap="sm" align="flex-start">
          <IconFile size={20} stroke={1.6} aria-hidden="true" />
          <div style={{ minWidth: 0 }}>
            <Anchor href={fileAddress(`/attachments/${file.id}/content`)} download size="sm" style={{ overflowWrap: "anywhere" }}>
              {file.name}
            </Anchor>
            <Text size="xs" c="dimmed">
              {size(file.size)} · {t("files.by", { name: file.attached_by.name, day: moment(file.attached_at) })}
            </Text>
          </div>
        </Group>
      ))}
      {going && (
        <div role="status">
          <Text size="xs">{going.name}</Text>
          <Progress value={going.part * 100} size="sm" aria-label={going.name} />
        </div>
      )}
      <Refusal>{refusal}</Refusal>
      {props.may && (
        // eslint-disable-next-line jsx-a11y/no-static-element-interactions -- dropping is the mouse's way of choosing below
        <div
          className={classes.drop}
          data-over={over || undefined}
          onDragOver={(event: DragEvent) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={(event: DragEvent) => {
            event.preventDefault();
            setOver(false);
            void attach(event.dataTransfer.files);
          }}
        >
          <Text size="sm" c="dimmed" visibleFrom="sm">
            {t("files.drop")}
          </Text>
          <Button component="label" htmlFor={field} variant="default" size="xs" disabled={going !== null}>
            {t("files.choose")}
          </Button>
          <input
            id={field}
            type="file"
            multiple
            className={classes.field}
            aria-label={t("files.choosing")}
            onChange={(event) => {
              void attach(event.currentTarget.files);
              event.currentTarget.value = "";
            }}
          />
        </div>
      )}
    </Stack>
  );
}
