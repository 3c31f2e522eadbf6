namespace Tally.Platform.Db;

/// <summary>Binds the typed arrays of a bulk insert or update as they are: as parameters of ADO.NET each value of each row would be an object of its own.</summary>
internal static class SqliteColumn
{
    /// <summary>Whether values of this kind can be bound here; the rarer ones go the usual way.</summary>
    public static bool CanBind(Array values) => values is long[] or long?[] or int[] or int?[] or short[] or short?[] or string?[];

    /// <summary>Runs an insert, whose parameters are the columns in their order, once a row.</summary>
    public static void Insert(SqliteStatement statement, BulkColumn[] columns, int rows)
    {
        try
        {
            for (var row = 0; row < rows; row++)
            {
                for (var column = 0; column < columns.Length; column++)
                {
                    Bind(statement, column + 1, columns[column].Values, row);
                }

                statement.Step();
                statement.Reset();
            }
        }
        finally
        {
            statement.Reset();
        }
    }

    /// <summary>Runs an update, whose parameters are the columns in their order, for one row; how many rows it has changed.</summary>
    public static int Update(SqliteStatement statement, BulkColumn[] columns, int row)
    {
        try
        {
            for (var column = 0; column < columns.Length; column++)
            {
                Bind(statement, column + 1, columns[column].Values, row);
            }

            statement.Step();
            return statement.Changes;
        }
        finally
        {
            statement.Reset();
        }
    }

    private static void Bind(SqliteStatement statement, int index, Array values, int row)
    {
        switch (values)
        {
            case long[] numbers:
                statement.Bind(index, numbers[row]);
                break;
            case int[] numbers:
                statement.Bind(index, numbers[row]);
                break;
            case short[] numbers:
                statement.Bind(index, numbers[row]);
                break;
            case long?[] numbers:
                Bind(statement, index, numbers[row]);
                break;
            case int?[] numbers:
                Bind(statement, index, numbers[row]);
                break;
            case short?[] numbers:
                Bind(statement, index, numbers[row]);
                break;
            case string?[] texts:
                statement.Bind(index, texts[row]);
                break;
            default:
                throw new ArgumentException($"{values.GetType()} cannot be bound.", nameof(values));
        }
    }

    private static void Bind(SqliteStatement statement, int index, long? number)
    {
        if (number is { } value)
        {
            statement.Bind(index, value);
        }
        else
        {
            statement.Bind(index, (string?)null);
        }
    }
}
