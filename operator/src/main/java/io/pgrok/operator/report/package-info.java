/**
 * What the agents say.
 *
 * <p>{@link io.pgrok.operator.report.AgentPods} follows each agent pod's status stream and keeps
 * the newest report. Reconcilers ask {@link io.pgrok.operator.report.Registration} what the reports
 * mean for one tunnel; {@link io.pgrok.operator.report.Triggers} makes them ask again when a report
 * changed for it. A sidecar is asked about tunnels of its own workload only: who can make a pod in
 * one namespace must not be able to speak for another.
 */
@NullMarked
package io.pgrok.operator.report;

import org.jspecify.annotations.NullMarked;
