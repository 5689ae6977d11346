using Modular.Contacts.Fields;

namespace Modular.Contacts.Importing;

/// <summary>Turns a row into what it says about a contact, or into the fault that leaves it out. Pure.</summary>
internal sealed class RowMapper(ColumnMapping mapping)
{
    private static readonly FieldDefinition OptOutFlag = new("unsubscribed", "Unsubscribed", FieldType.Boolean, false, false, []);

    private readonly ColumnTarget[] _targets = [.. mapping.Targets];
    private readonly FieldDefinition[] _fields = [.. mapping.Fields.Select(f => f.Definition)];

    /// <summary>Exactly one of the two is null.</summary>
    public (ContactDraft? Draft, RowFault? Fault) Map(ISourceRow row)
    {
        if (row.Fault is { } broken) return (null, new RowFault(row.Line, null, broken));
        if (Ragged(row) is { } ragged) return (null, ragged);
        EmailAddress? email = null;
        var values = _fields.Length == 0 ? [] : new object?[_fields.Length];
        var optedOut = false;
        for (var i = 0; i < _targets.Length; i++)
        {
            switch (_targets[i])
            {
                case ColumnTarget.Email:
                    if (!EmailAddress.TryParse(row.Field(i), out email, out var why)) return (null, new RowFault(row.Line, "email", why));
                    break;
                case ColumnTarget.ToField { Slot: var slot }:
                    if (!FieldParser.TryParse(_fields[slot], row.Field(i), out var value, out var reason)) return (null, new RowFault(row.Line, _fields[slot].Name, reason));
                    values[slot] = value ?? values[slot];
                    break;
                case ColumnTarget.OptOut { IsTime: true }:
                    optedOut |= !string.IsNullOrWhiteSpace(row.Field(i));
                    break;
                case ColumnTarget.OptOut:
                    if (!FieldParser.TryParse(OptOutFlag, row.Field(i), out var flag, out var unclear)) return (null, new RowFault(row.Line, "unsubscribed", unclear));
                    optedOut |= flag is true;
                    break;
            }
        }
        return (new ContactDraft(row.Line, email!, values, optedOut), null);   // a mapping has exactly one column for the address
    }

    private RowFault? Ragged(ISourceRow row)
    {
        if (row.Count == _targets.Length) return null;
        for (var i = _targets.Length; i < row.Count; i++)
        {
            if (!string.IsNullOrWhiteSpace(row.Field(i))) return new RowFault(row.Line, null, $"The row has {row.Count} columns, the header {_targets.Length}.");
        }
        return row.Count > _targets.Length ? null : new RowFault(row.Line, null, $"The row has {row.Count} columns, the header {_targets.Length}.");
    }
}
