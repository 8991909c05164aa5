package io.dotp.dns.resolver;

import io.dotp.ip.IpAddress;
import java.util.Set;

/**
 * What answers are made by as long as one configuration is in force: replaced as a whole, so that
 * no answer goes by half of one and half of another. Thread: any.
 */
public record AnswerRules(
    ListedNames listed, LocalAnswers local, RewriteRules.Source rewrite, Refusals refusals) {
  /**
   * @param names of the client
   * @param own the gateway's own addresses at this moment
   */
  RewriteRules rewriteRules(ClientNames names, Set<IpAddress> own) {
    return rewrite.with(names.forRewrite(), own);
  }
}
