package io.pgrok.operator.status;

/**
 * Every reason that condition {@code Ready} can have. {@code docs/reference/conditions.md} lists
 * them; a test compares the two.
 */
public enum Reason {
  REGISTERED("Registered", Outcome.READY),
  REGISTERING("Registering", Outcome.WAITING),
  AGENT_NOT_READY("AgentNotReady", Outcome.WAITING),
  SERVICE_NOT_FOUND("ServiceNotFound", Outcome.WAITING),
  NO_READY_ENDPOINTS("NoReadyEndpoints", Outcome.WAITING),
  WORKLOAD_NOT_FOUND("WorkloadNotFound", Outcome.WAITING),
  PORT_NOT_FOUND("PortNotFound", Outcome.STALLED),
  PORT_AMBIGUOUS("PortAmbiguous", Outcome.STALLED),
  INVALID_TARGET("InvalidTarget", Outcome.STALLED),
  SERVER_NOT_FOUND("ServerNotFound", Outcome.WAITING),
  SERVER_NOT_READY("ServerNotReady", Outcome.WAITING),
  SERVER_UNREACHABLE("ServerUnreachable", Outcome.WAITING),
  AUTH_FAILED("AuthFailed", Outcome.STALLED),
  NOT_GRANTED("NotGranted", Outcome.STALLED),
  LABEL_NOT_FOUND("LabelNotFound", Outcome.STALLED),
  NAME_CONFLICT("NameConflict", Outcome.STALLED),
  NAME_TAKEN("NameTaken", Outcome.WAITING),
  REFUSED("Refused", Outcome.STALLED),
  SIDECARS_DISABLED("SidecarsDisabled", Outcome.STALLED),
  SIDECAR_REFUSED("SidecarRefused", Outcome.STALLED),
  SIDECAR_REMOVED("SidecarRemoved", Outcome.STALLED),
  AGENT_FULL("AgentFull", Outcome.STALLED),
  SUSPENDED("Suspended", Outcome.SUSPENDED),
  EXPIRED("Expired", Outcome.STALLED),
  SECRETS_DISABLED("SecretsDisabled", Outcome.STALLED),
  /** Of a Tunnel: the TunnelAgent that it names does not exist. */
  AGENT_NOT_FOUND("AgentNotFound", Outcome.WAITING),
  /** Of a TunnelAgent: as many agents run as are needed to serve. */
  AGENTS_AVAILABLE("AgentsAvailable", Outcome.READY),
  /** Of a TunnelAgent: the API server does not take its Deployment. */
  AGENT_REFUSED("AgentRefused", Outcome.STALLED),
  /** Of a TunnelServer: an agent is logged in. */
  CONNECTED("Connected", Outcome.READY),
  /** Of a TunnelServer: an agent is dialling or logging in. */
  CONNECTING("Connecting", Outcome.WAITING),
  SECRET_NOT_FOUND("SecretNotFound", Outcome.WAITING),
  SECRET_INVALID("SecretInvalid", Outcome.STALLED);

  /** What the reason means to tools that wait for the resource (kstatus). */
  public enum Outcome {
    /** Visitors get through: kstatus {@code Current}. */
    READY,
    /** It may become ready by itself or by what arrives: kstatus {@code InProgress}. */
    WAITING,
    /** It is held, as its spec asks for: kstatus {@code InProgress}, Argo CD {@code Suspended}. */
    SUSPENDED,
    /** A person has to change something: condition {@code Stalled}, kstatus {@code Failed}. */
    STALLED
  }

  private final String text;
  private final Outcome outcome;

  Reason(String text, Outcome outcome) {
    this.text = text;
    this.outcome = outcome;
  }

  /** As written in the condition. */
  public String text() {
    return text;
  }

  public Outcome outcome() {
    return outcome;
  }

  /** Whether somebody asked for what a condition's reason says. */
  static boolean isWanted(String text) {
    return text.equals(SUSPENDED.text);
  }

  /** Whether a condition's reason only says that something is under way. */
  static boolean isPassing(String text) {
    return text.equals(REGISTERING.text) || text.equals(CONNECTING.text);
  }
}
