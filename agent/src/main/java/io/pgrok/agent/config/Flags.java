package io.pgrok.agent.config;

import org.jspecify.annotations.Nullable;

/**
 * What the command line says about the link; null where it says nothing, so that a default never
 * beats the file.
 */
public record Flags(
    @Nullable String serverAddr,
    @Nullable String authToken,
    @Nullable String serverCa,
    @Nullable String tlsClientCrt,
    @Nullable String tlsClientKey) {

  public static final Flags NONE = new Flags(null, null, null, null, null);
}
