namespace Modular.Host;

/// <summary>Something the operator can put right stands in the way. The message says what, where and what to do; it is printed without a stack trace.</summary>
internal sealed class CannotStartException(string message, Exception? cause = null) : Exception(message, cause);
