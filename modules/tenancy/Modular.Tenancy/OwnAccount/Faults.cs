namespace Modular.Tenancy.OwnAccount;

internal sealed record AddressIsYours() : Fault("You sign in with this address already.")
{
    public override string? Field => "address";
}

internal sealed record TooManyLinks(int Most) : Fault($"{Most} links were sent for you within an hour. Wait a while, then ask again.")
{
    public override int Status => 429;

    public override string? Field => "address";
}

internal sealed record NobodyWritesForYou() : Fault("You are a user of no active tenant, so no mail can be sent to you. Whoever runs this installation changes your address: modular user set-address.")
{
    public override int Status => 409;

    public override string? Field => "address";
}

internal sealed record AddressTaken() : Fault("Somebody else signs in with this address.")
{
    public override int Status => 409;

    public override string? Field => "address";
}
