/**
 * The operator against a real API server: etcd and kube-apiserver of this test's own, no nodes. An
 * agent is a {@link io.pgrok.operator.it.FakeAgent} on a loopback address and a Pod object that
 * names it.
 */
package io.pgrok.operator.it;
