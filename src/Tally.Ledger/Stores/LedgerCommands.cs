using System.Data.Common;

namespace Tally.Ledger.Stores;

/// <summary>Commands in the two lines ADO.NET takes for them.</summary>
internal static class LedgerCommands
{
    public static DbCommand Command(this DbTransaction tx, string sql)
    {
        var command = (tx.Connection ?? throw new InvalidOperationException("The transaction is over.")).Command(sql);
        command.Transaction = tx;
        return command;
    }

    // Microsoft.Data.Sqlite gives a new command the connection's open transaction by itself, and Npgsql does not ask.
    public static DbCommand Command(this DbConnection connection, string sql)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    public static DbCommand Add(this DbCommand command, string name, object value)
    {
        command.Parameter(name).Value = value;
        return command;
    }

    /// <summary>Adds a parameter to be bound later, once for each execution.</summary>
    public static DbParameter Parameter(this DbCommand command, string name)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        command.Parameters.Add(parameter);
        return parameter;
    }
}
