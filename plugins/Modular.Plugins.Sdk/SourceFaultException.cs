namespace Modular.Plugins;

/// <summary>The source cannot be read, and the customer can do something about it. Every other exception is taken for a bug of the plugin.</summary>
/// <param name="message">What, where, what to do; it is shown as it is. No password in it.</param>
/// <param name="isTransient">True: worth trying again soon, such as a server that is down. False: it stays until somebody changes something.</param>
public sealed class SourceFaultException(string message, bool isTransient, Exception? cause = null) : Exception(message, cause)
{
    public bool IsTransient { get; } = isTransient;
}
