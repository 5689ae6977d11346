using Npgsql;

namespace Modular.Contacts.Fields;

/// <summary>A tenant's field definitions: read, made, relabelled, retired. Name, type and what is personal never change, for stored values follow them.</summary>
internal sealed class FieldBook(TenantDb db)
{
    public const int MaxFields = 200;

    private const int MaxChoices = 500;
    private const int MaxWordChars = 200;

    private const string SelectAll = """
        select field_id, name, label, type, is_personal, is_searchable, choices from field_definition where retired_at is null order by field_id
        """;

    private const string InsertOne = """
        insert into field_definition (name, label, type, is_personal, is_searchable, choices)
        select @Name, @Label, @Type, @IsPersonal, @IsSearchable, @Choices
         where (select count(*) from field_definition where retired_at is null) < @MaxFields
        """;

    private const string Relabel = "update field_definition set label = @label where name = @name and retired_at is null";

    private const string RetireOne = "update field_definition set retired_at = now() where name = @name and retired_at is null";

    public async Task<FieldSet> LoadAsync(TenantId tenant, CancellationToken ct) =>
        new((await db.ListAsync<Row>(tenant, SelectAll, null, ct)).Select(row => row.ToField()));

    /// <summary>Makes a field; the fault says what is wrong with it.</summary>
    public async Task<Result<FieldDefinition>> AddAsync(TenantId tenant, FieldDefinition field, CancellationToken ct)
    {
        if (Check(field) is { } fault) return fault;
        try
        {
            var made = await db.RunAsync(tenant, InsertOne, new
            {
                field.Name,
                field.Label,
                Type = field.Type.Word(),
                field.IsPersonal,
                field.IsSearchable,
                Choices = field.Choices.ToArray(),
                MaxFields,
            }, ct);
            return made == 1 ? field : new TooManyFields(MaxFields);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return new FieldExists(field.Name);
        }
    }

    public async Task<bool> RelabelAsync(TenantId tenant, string name, string label, CancellationToken ct) =>
        await db.RunAsync(tenant, Relabel, new { name, label }, ct) == 1;

    public async Task<bool> RetireAsync(TenantId tenant, string name, CancellationToken ct) =>
        await db.RunAsync(tenant, RetireOne, new { name }, ct) == 1;

    private static Fault? Check(FieldDefinition field)
    {
        if (FieldNames.Check(field.Name) is { } fault) return fault;
        var hasChoices = field.Type is FieldType.Choice or FieldType.MultiChoice;
        if (field.Type is FieldType.Choice && field.Choices.Count == 0 || field.Choices.Count > MaxChoices || !hasChoices && field.Choices.Count > 0) return new ChoicesMissing();
        if (field.Choices.Any(c => string.IsNullOrWhiteSpace(c) || c.Length > MaxWordChars) || field.Choices.Distinct(StringComparer.OrdinalIgnoreCase).Count() != field.Choices.Count) return new ChoicesMissing();
        return field.IsSearchable && (!field.IsPersonal || field.Type is not (FieldType.Text or FieldType.Choice)) ? new OnlyPersonalTextIsSearchable() : null;
    }

    private sealed record Row
    {
        public required long FieldId { get; init; }

        public required string Name { get; init; }

        public required string Label { get; init; }

        public required string Type { get; init; }

        public required bool IsPersonal { get; init; }

        public required bool IsSearchable { get; init; }

        public required string[] Choices { get; init; }

        public Field ToField() => new(FieldId, new FieldDefinition(
            Name, Label, FieldTypes.FromWord(Type) ?? throw new InvalidOperationException($"Field {FieldId} has the unknown type {Type}."), IsPersonal, IsSearchable, Choices));
    }
}
