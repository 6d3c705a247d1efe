package io.pgrok.operator;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Map;

/** All settings of the operator; the chart sets them through the environment. */
@ConfigMapping(prefix = "pgrok")
public interface OperatorConfig {

  /** The operator's own namespace: of the shared agent, its Secret and the connection Secrets. */
  String namespace();

  Agent agent();

  Sidecars sidecars();

  /** The agents, shared and as sidecars. */
  interface Agent {

    /** Name of the shared agent's Secret in the operator's namespace. */
    @WithDefault("pgrok-agent")
    String secret();

    /** Image of sidecars. */
    String image();

    @WithDefault("IfNotPresent")
    String imagePullPolicy();

    /** Port of the status listener on an agent pod's address. */
    @WithDefault("4041")
    int statusPort();

    /** Least time between two writes of the shared agent's Secret. */
    @WithDefault("50ms")
    Duration writeInterval();

    /** How long a silent agent is waited for before its Tunnels say so. */
    @WithDefault("10s")
    Duration patience();
  }

  /** Sidecars in workloads. */
  interface Sidecars {

    /** Whether {@code workload:} targets are served; needs the permission to patch workloads. */
    @WithDefault("true")
    boolean enabled();

    /** Container resources, for example {@code memory} to {@code 96Mi}. */
    Map<String, String> requests();

    Map<String, String> limits();
  }
}
