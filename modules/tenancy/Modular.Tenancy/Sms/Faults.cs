namespace Modular.Tenancy.Sms;

internal sealed record PhoneNumberBad() : Fault("Write the number with its country, as in +49 170 1234567.")
{
    public override string Field => "number";
}

internal sealed record CountryNotServed(string Countries) : Fault($"This installation sends SMS to numbers that begin with {Countries} alone.")
{
    public override string Field => "number";
}

internal sealed record SmsNotSetUp() : Fault("This installation sends no SMS: whoever runs it has set up no gateway (modular sms use).")
{
    public override int Status => 503;
}

internal sealed record SmsGatewayUnknown(string Name, IReadOnlyList<string> Known) : Fault($"No active plugin has an SMS gateway '{Name}'. There are: {string.Join(", ", Known)}.");

internal sealed record SmsSettingUnknown(string Name, string Gateway) : Fault($"The gateway {Gateway} has no setting '{Name}'.");

internal sealed record SmsSettingMissing(string Name, string Label) : Fault($"The setting '{Name}' ({Label}) is missing.");

/// <param name="Why">The gateway's reason, for the operator's eyes; others are told that it did not work.</param>
internal sealed record SmsNotSent(string Why) : Fault(Why)
{
    public override int Status => 502;
}

internal sealed record TooManySms() : Fault("Too many codes were sent in a short time. Wait a quarter of an hour, or use another factor.")
{
    public override int Status => 429;
}
