using System.Data;
using System.Runtime.CompilerServices;
using Dapper;
using Npgsql;
using NpgsqlTypes;

namespace Modular.Kernel.Data;

/// <summary>Teaches Dapper our values once: instants are <see cref="DateTimeOffset"/> in UTC, ids and indexes are their numbers.</summary>
internal static class SqlTypes
{
#pragma warning disable CA2255 // Dapper's handlers are process-wide and must stand before the first statement of anyone
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Register()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        SqlMapper.AddTypeHandler(new Instant());
        SqlMapper.AddTypeHandler(new Tenant());
        SqlMapper.AddTypeHandler(new Index());
    }

    private sealed class Instant : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value) => parameter.Value = value.UtcDateTime;

        public override DateTimeOffset Parse(object value) => value switch
        {
            DateTimeOffset offset => offset,
            DateTime utc => new DateTimeOffset(DateTime.SpecifyKind(utc, DateTimeKind.Utc)),
            _ => throw new DataException($"A {value.GetType().Name} is no instant."),
        };
    }

    private sealed class Tenant : SqlMapper.TypeHandler<TenantId>
    {
        public override void SetValue(IDbDataParameter parameter, TenantId value) => parameter.Value = value.Value;

        public override TenantId Parse(object value) => new((long)value);
    }

    private sealed class Index : SqlMapper.TypeHandler<EmailIndex>
    {
        public override void SetValue(IDbDataParameter parameter, EmailIndex value)
        {
            ((NpgsqlParameter)parameter).NpgsqlDbType = NpgsqlDbType.Uuid;
            parameter.Value = value.Value;
        }

        public override EmailIndex Parse(object value) => new((Guid)value);
    }
}
