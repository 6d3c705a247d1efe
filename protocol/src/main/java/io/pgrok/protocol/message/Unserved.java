package io.pgrok.protocol.message;

/**
 * How an agent says, to whoever sent it a visitor's HTTP request, that it has not reached the
 * private service. It answers 502 with this header: the request has gone nowhere, so that the
 * server may give it to another agent of the tunnel instead of passing the answer on. Nothing is
 * negotiated: elsewhere it is an answer like any other.
 */
public final class Unserved {

  /** Name of the header; its value says nothing. */
  public static final String HEADER = "Pgrok-Unserved";

  public static final int STATUS = 502;

  private Unserved() {}
}
