package io.pgrok.protocol.message;

/**
 * ClientIds, as people get to see them. In the classic protocol whoever knows one may take the
 * session's visitors, so that the whole of it is in no log and no listing.
 */
public final class ClientIds {

  private static final int BRIEF = 8;

  private ClientIds() {}

  /** Its beginning: enough to tell sessions apart. */
  public static String brief(String clientId) {
    return clientId.length() <= BRIEF ? clientId : clientId.substring(0, BRIEF);
  }
}
