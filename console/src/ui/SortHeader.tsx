import type { OrderDirection } from "../gql/graphql";
import { Icon } from "./Icon";

interface Props {
  label: string;
  /** Which way the table is sorted by this column; null when it is by another one. */
  direction: OrderDirection | null;
  /** Which way it goes when it is chosen. */
  first: OrderDirection;
  onSort(direction: OrderDirection): void;
}

const OTHER: Record<OrderDirection, OrderDirection> = { ASC: "DESC", DESC: "ASC" };

/** The header of a column by which a table can be sorted. */
export function SortHeader({ label, direction, first, onSort }: Props) {
  const sorted = direction === "ASC" ? "ascending" : direction === "DESC" ? "descending" : undefined;
  return (
    <th scope="col" aria-sort={sorted}>
      <button type="button" className="sort" onClick={() => onSort(direction ? OTHER[direction] : first)}>
        {label}
        {direction && <Icon name={direction === "ASC" ? "up" : "down"} />}
      </button>
    </th>
  );
}
