namespace Modular.Contacts.Lists;

internal sealed record ListNameRefused() : Fault($"Give the list a name of 1 to {ListBook.MaxNameChars} characters.")
{
    public override string Field => "name";
}

internal sealed record ListExists(string Name) : Fault($"There is a list '{Name}' already.")
{
    public override int Status => 409;

    public override string Field => "name";
}

internal sealed record TooManyAtOnce(int Limit) : Fault($"Name 1 to {Limit} contacts at once.")
{
    public override string Field => "contactIds";
}
