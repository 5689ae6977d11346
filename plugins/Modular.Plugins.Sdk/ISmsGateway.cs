namespace Modular.Plugins;

/// <summary>
/// A way to a mobile phone. A plugin has a public class with a parameterless constructor for each gateway; the host makes one instance, which may be asked
/// for several messages at once.
/// </summary>
public interface ISmsGateway
{
    /// <summary>What settings and logs call it: lower-case words with hyphens, unique in the installation, as in <c>sms-http</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Hands over one message, once. It returns when the gateway has taken it; whether to try again is the host's to say, because a code that comes twice
    /// confuses, and one that comes late is worth nothing.
    /// </summary>
    /// <exception cref="SmsFaultException">The gateway did not take it, in words for the operator who set it up.</exception>
    Task SendAsync(SmsContext context, SmsMessage message, CancellationToken ct);
}

/// <param name="To">The number as E.164 has it: a plus and 8 to 15 digits.</param>
/// <param name="Text">At most 160 characters of ASCII, so that it travels as one message. It holds a secret: log none of it.</param>
public sealed record SmsMessage(string To, string Text);

/// <summary>What one message is sent with. There is no tenant in it: a plugin never learns whose message it carries.</summary>
public sealed class SmsContext
{
    /// <summary>What the operator entered, by the names of <c>plugin.json</c>'s settings. Secrets are here in clear: log none of them.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <inheritdoc cref="SourceContext.Http"/>
    public required HttpClient Http { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>The setting, which must be there and not be blank.</summary>
    /// <exception cref="SmsFaultException">It is missing.</exception>
    public string Required(string setting) =>
        Optional(setting) ?? throw new SmsFaultException($"The setting '{setting}' is missing.", isTransient: false);

    /// <returns>Null where it is blank.</returns>
    public string? Optional(string setting) => Settings.TryGetValue(setting, out var value) && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;
}

/// <summary>The gateway did not take a message, and the operator can do something about it. Every other exception is taken for a bug of the plugin.</summary>
/// <param name="message">What, where, what to do; it is shown as it is. No password, number or text of a message in it.</param>
/// <param name="isTransient">True: worth trying again soon, such as a gateway that is down. False: it stays until somebody changes something.</param>
public sealed class SmsFaultException(string message, bool isTransient, Exception? cause = null) : Exception(message, cause)
{
    public bool IsTransient { get; } = isTransient;
}
