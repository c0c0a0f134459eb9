import { createContext, useContext } from "react";

/** Offers a file for import: asks what has to be asked, and sends it. */
export const OfferFile = createContext<(file: File) => void>(() => undefined);

export const useOfferFile = () => useContext(OfferFile);
