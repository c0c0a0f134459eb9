import { useLiveQuery } from "../app/connection";
import { MappingDocument } from "../gql/graphql";
import { FailureNotice } from "../ui/FailureNotice";
import { Loading } from "../ui/Loading";
import { MappingForm } from "./MappingForm";

interface Props {
  id: string;
  /** Whether it can be changed: while the import is at this step. */
  editable: boolean;
}

/** How the columns and values of the file map to profile fields. */
export function MappingPage({ id, editable }: Props) {
  const [{ data, error }, retry] = useLiveQuery({ query: MappingDocument, variables: { id } });
  if (data?.membershipImport) {
    return <MappingForm shown={data.membershipImport} fields={data.profileFields} editable={editable} />;
  }
  return error ? <FailureNotice error={error} retry={retry} /> : <Loading />;
}
