package io.pgrok.operator;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** All settings of the operator; the chart sets them through the environment. */
@ConfigMapping(prefix = "pgrok")
public interface OperatorConfig {

  /** The operator's own namespace: of the shared agent, its Secret and the connection Secrets. */
  String namespace();

  /**
   * The only namespaces in which Tunnels are served; all when absent. Comma-separated, for
   * operators that may not look elsewhere.
   */
  Optional<Set<String>> namespaces();

  Agent agent();

  Sidecars sidecars();

  Secrets secrets();

  Ingress ingress();

  LoadBalancer loadBalancer();

  Lease lease();

  Probe probe();

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

  /** Ingresses of class {@code pgrok}. */
  interface Ingress {

    /** Whether they are served; needs the permission to watch Ingresses. */
    @WithDefault("true")
    boolean enabled();
  }

  /** Services of type LoadBalancer and class {@code pgrok.io/tunnel}. */
  interface LoadBalancer {

    /** Whether they are served; needs the permission to patch their status. */
    @WithDefault("true")
    boolean enabled();
  }

  /** Secrets that Tunnels name. */
  interface Secrets {

    /** Whether they are read; needs the permission to watch Secrets. */
    @WithDefault("true")
    boolean enabled();
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

  /** Whether and how often public URLs are asked for an answer. */
  interface Probe {

    /** False where the operator cannot reach public addresses. */
    @WithDefault("true")
    boolean enabled();

    @WithDefault("5m")
    Duration interval();

    @WithDefault("5s")
    Duration timeout();

    /**
     * Probes of all Tunnels together; where there are more, each is probed less often. The first of
     * each writes a status, which is work for the API server when thousands come at once.
     */
    @WithDefault("10")
    int perSecond();

    @WithDefault("8")
    int atOnce();
  }

  /** Which of several operators works: the one that holds the lease in {@link #namespace}. */
  interface Lease {

    @WithDefault("pgrok-operator")
    String name();

    /** After which another may take it from one that has stopped renewing it. */
    @WithDefault("15s")
    Duration duration();

    /** How long its holder tries to renew it before he stops working. */
    @WithDefault("12s")
    Duration renewDeadline();

    /**
     * How often it is renewed, which takes two requests, and looked at by those who wait: most of
     * what two operators ask the API server for while nothing happens.
     */
    @WithDefault("4s")
    Duration retryPeriod();
  }
}
