package io.dotp.config;

/** What a route with the treatment {@link Treatment#REFUSE} answers. */
public enum Refusal {
  /** There is no such name. */
  NXDOMAIN,
  /** This server does not tell. */
  REFUSED,
  /** There is such a name, and nothing of the type that is asked for. */
  NODATA
}
