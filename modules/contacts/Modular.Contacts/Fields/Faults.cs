namespace Modular.Contacts.Fields;

internal sealed record FieldNameIsNoWord(string Name) : Fault($"'{Name}' cannot be a field's name: take 1 to 40 lower-case letters, digits and underscores, a letter first.")
{
    public override string Field => "name";
}

internal sealed record FieldNameIsReserved(string Name) : Fault($"'{Name}' already means something: take another name.")
{
    public override string Field => "name";
}

internal sealed record FieldExists(string Name) : Fault($"There is a field '{Name}' already.")
{
    public override int Status => 409;

    public override string Field => "name";
}

internal sealed record TooManyFields(int Limit) : Fault($"A tenant can have {Limit} fields: delete one first.");

internal sealed record ChoicesMissing() : Fault("A choice needs its choices: at least one, at most 500, each at most 200 characters, none twice.")
{
    public override string Field => "choices";
}

internal sealed record OnlyPersonalTextIsSearchable() : Fault("Only a personal text or choice can be searchable: what is not personal is compared as it is.")
{
    public override string Field => "isSearchable";
}

internal sealed record FieldTypeUnknown(string Type) : Fault($"'{Type}' is no type: take {string.Join(", ", FieldTypes.Names)}.")
{
    public override string Field => "type";
}

internal sealed record FieldUnknown(string Name) : Fault($"There is no field '{Name}'. Make it first, by POST /api/v1/fields.")
{
    public override string Field => Name;
}

internal sealed record FieldValueRefused(string Name, string Why) : Fault($"{Name}: {Why}")
{
    public override string Field => Name;
}

internal sealed record LabelRefused() : Fault("A label has 1 to 120 characters, in one line.")
{
    public override string Field => "label";
}

internal sealed record FieldInUse(string Name, string Segment) : Fault($"The segment '{Segment}' asks about '{Name}': change the segment first.")
{
    public override int Status => 409;
}
