package io.pgrok.protocol.message;

import java.util.List;

/**
 * What goes beyond the classic protocol. The agent offers names in {@code Auth.Ext}, the server
 * grants a subset in {@code AuthResp.Ext}; a peer that knows none of this leaves the field out and
 * gets the classic protocol.
 */
public final class Extension {

  /** {@code CloseTunnel} ends one tunnel without ending the session. */
  public static final String CLOSE = "close";

  /**
   * Sessions of one token identity that were granted this may hold the same name together; visitors
   * are spread over them.
   */
  public static final String SHARE = "share";

  /**
   * The short liveness interval: the agent pings every {@value #HEARTBEAT_SECONDS} s and gives up
   * after {@value #HEARTBEAT_TIMEOUT_SECONDS} s without a Pong; the server reaps a session after
   * {@value #HEARTBEAT_TIMEOUT_SECONDS} s without a Ping.
   */
  public static final String HEARTBEAT = "heartbeat";

  /** {@code RegProxy} must repeat the secret of {@code AuthResp.ProxyKey}. */
  public static final String PROXY_KEY = "proxy-key";

  /** {@code ReqTunnel.Rules} is understood and enforced for each request. */
  public static final String RULES = "rules";

  /** {@code StartProxy.Probe} may come: the agent answers the request itself. */
  public static final String PROBE = "probe";

  /** Protocol {@code tls} may be asked for: connections chosen by SNI and passed on encrypted. */
  public static final String TLS = "tls";

  /**
   * {@code Drain} may come: the server is about to end. The agent opens its next session at once,
   * and keeps this one for the visitors that it still carries.
   */
  public static final String DRAIN = "drain";

  /** One link, opened with {@code RegLink}, carries many visitors as streams. */
  public static final String MUX = "mux";

  /** {@code ReqTunnel.Certificate} is shown to visitors of an https tunnel. */
  public static final String CERTIFICATE = "certificate";

  public static final int HEARTBEAT_SECONDS = 2;
  public static final int HEARTBEAT_TIMEOUT_SECONDS = 6;

  /** All that this version knows, in the order in which it is offered. */
  public static final List<String> ALL =
      List.of(CLOSE, SHARE, HEARTBEAT, PROXY_KEY, RULES, MUX, PROBE, DRAIN, TLS, CERTIFICATE);

  private Extension() {}
}
