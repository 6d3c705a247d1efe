/**
 * A server for tests that speaks the protocol as the test tells it to. Shares no code with Netty.
 */
package io.pgrok.agent.fake;
