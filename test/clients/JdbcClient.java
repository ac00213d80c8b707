import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/**
 * Reads and writes through Snowflake's JDBC driver and prints what it saw, a tab between name and
 * value on every line. Arguments: host and port, user, password, database, schema, warehouse.
 */
public class JdbcClient {
  private static final String TYPES =
      "select 99999999999999999999999999999999999999::number(38, 0), (-1.5)::number(12, 2), 7::number(2, 0),"
          + " 1.25::float, 'ä \"b\"', true, '2024-02-29'::date, '01:02:03.5'::time(9),"
          + " '1969-12-31 23:59:59.123456789'::timestamp_ntz(9),"
          + " '2024-01-02 03:04:05.123 +0100'::timestamp_tz(3),"
          + " '2024-01-02 03:04:05.123456789 -0500'::timestamp_tz(9),"
          + " parse_json('{\"a\":[1,null]}'), to_binary('00FFA1', 'HEX'), null::int, null::timestamp_tz";

  private static void say(String name, Object value) {
    System.out.println(name + "\t" + String.valueOf(value).replaceAll("\\s+", " "));
  }

  private static Connection connect(String[] args) throws SQLException {
    Properties options = new Properties();
    options.put("user", args[1]);
    options.put("password", args[2]);
    options.put("db", args[3]);
    options.put("schema", args[4]);
    options.put("warehouse", args[5]);
    options.put("ssl", "off");
    return DriverManager.getConnection("jdbc:snowflake://" + args[0], options);
  }

  private static void readTypes(Statement statement, String format) throws SQLException {
    statement.execute("alter session set JDBC_QUERY_RESULT_FORMAT = '" + format + "'");
    ResultSet row = statement.executeQuery(TYPES);
    row.next();
    for (int at = 1; at <= row.getMetaData().getColumnCount(); at += 1) {
      say(format + " " + at + " " + row.getMetaData().getColumnTypeName(at), row.getString(at));
    }
    row.close();
  }

  private static void write(Connection connection, Statement statement) throws SQLException {
    statement.execute("create or replace table jdbc_rows (n int, t varchar)");
    PreparedStatement insert = connection.prepareStatement("insert into jdbc_rows values (?, ?)");
    for (int n = 0; n < 100; n += 1) {
      insert.setInt(1, n);
      insert.setString(2, "it's " + n);
      insert.addBatch();
    }
    say("inserted", Integer.valueOf(insert.executeBatch().length));
    PreparedStatement select = connection.prepareStatement("select t from jdbc_rows where n = ?");
    select.setInt(1, 7);
    ResultSet row = select.executeQuery();
    row.next();
    say("text", row.getString(1));
    say("updated", Integer.valueOf(statement.executeUpdate("update jdbc_rows set t = 'x' where n < 3")));
  }

  private static void readMany(Statement statement) throws SQLException {
    ResultSet rows =
        statement.executeQuery(
            "select seq4() as n, 'row ' || n as t from table(generator(rowcount => 120000))");
    int count = 0;
    boolean isInOrder = true;
    while (rows.next()) {
      isInOrder = isInOrder && rows.getInt(1) == count && rows.getString(2).equals("row " + count);
      count += 1;
    }
    say("rows", count + " " + isInOrder);
  }

  public static void main(String[] args) throws Exception {
    Class.forName("net.snowflake.client.api.driver.SnowflakeDriver");
    Connection connection = connect(args);
    Statement statement = connection.createStatement();
    say("driver", connection.getMetaData().getDriverVersion());
    readTypes(statement, "ARROW");
    readTypes(statement, "JSON");
    statement.execute("alter session set JDBC_QUERY_RESULT_FORMAT = 'ARROW'");
    write(connection, statement);
    readMany(statement);
    ResultSet tables = connection.getMetaData().getTables(args[3], args[4], "JDBC_ROWS", null);
    tables.next();
    say("table", tables.getString("TABLE_NAME"));
    try {
      statement.executeQuery("select * from missing_table");
    } catch (SQLException error) {
      say("error", error.getErrorCode() + " " + error.getSQLState());
    }
    connection.close();
  }
}
