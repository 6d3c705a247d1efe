package io.pgrok.pgrokd.traffic;

/**
 * A limit has been reached.
 *
 * @param status 429 where the visitor or the token asks too often, 503 where there are too many
 *     visitors at once
 * @param sentence for the person behind the client
 * @param retryAfterSeconds when it is worth to try again; 1 or more
 */
public record Refusal(int status, String sentence, int retryAfterSeconds) {}
