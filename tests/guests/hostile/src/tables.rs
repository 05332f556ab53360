//! Names that are more than names in every place of a statement, and questions without end.

use caisson_guest::bindings::host::caisson::module::database::{
    self, Aggregate, Alteration, Assignment, Column, ColumnType, Conflict, Expression, Index, Join, JoinKind,
    Operator, Ordering, Predicate, Projection, Query, Table, Value,
};
use caisson_guest::{Result, db};

use crate::spam::host;

/// A name that ends the quotes it is put in, whichever they are.
const TRICK: &str = "name\"'`]; DROP TABLE clients; --";

pub(crate) fn create() -> Result<()> {
    for name in ["notes", "others"] {
        db::schema::create(name, |table| {
            table.id();
            table.varchar("name", 50).nullable();
            table.text("body").nullable();
            table.json("document").nullable();
            table.decimal("price", 18, 2).nullable();
            table.big_integer("value").default(0);
        })?;
    }
    Ok(())
}

pub(crate) fn insert(column: &str, value: Value) -> Result<String> {
    host(database::insert("notes", &[column.to_owned()], &[vec![value]], None))
}

pub(crate) fn tables(name: &str) -> Result<String> {
    if let Some(place) = name.strip_prefix("trick in ") {
        return trick(place);
    }
    match name {
        "like that backtracks" => {
            insert("body", Value::Text("a".repeat(100_000)))?;
            let pattern = Value::Text("%a".repeat(100) + "%b");
            host(database::select(&Query {
                where_: vec![vec![predicate("body", Operator::Like, vec![pattern])]],
                ..query()
            }))
        }
        "join of everything" => {
            for table in ["notes", "others"] {
                let rows = vec![vec![Value::Integer(7)]; 4000];
                for _ in 0..5 {
                    host(database::insert(table, &["value".to_owned()], &rows, None))?;
                }
            }
            let join = Join {
                kind: JoinKind::Inner,
                table: "others".to_owned(),
                left: "notes.value".to_owned(),
                right: "others.value".to_owned(),
            };
            let columns = vec![Projection {
                expression: Expression::Aggregate((Aggregate::Max, "others.body".to_owned())),
                alias: None,
            }];
            host(database::select(&Query { columns, joins: vec![join], ..query() }))
        }
        "a million operands" => {
            let operands = vec![Value::Integer(1); 100_000];
            host(database::select(&Query {
                where_: vec![vec![predicate("value", Operator::IsIn, operands)]],
                ..query()
            }))
        }
        "a million predicates" => {
            let one = vec![predicate("value", Operator::Eq, vec![Value::Integer(1)])];
            host(database::select(&Query { where_: vec![one; 20_000], ..query() }))
        }
        "a table of a thousand columns" => {
            let columns = (0..1000).map(|number| column(&format!("c{number}"))).collect();
            host(database::create_table(&table("others_too", columns), false))
        }
        "a table of another name" => {
            host(database::create_table(&table("clients", vec![column("a")]), false))
        }
        "begin twice" => {
            host(database::begin())?;
            host(database::begin())
        }
        "commit nothing" => host(database::commit()),
        "trap in a transaction" => {
            host(database::begin())?;
            insert("name", Value::Text("half done".to_owned()))?;
            panic!("in the middle");
        }
        "leave a transaction" => {
            host(database::begin())?;
            insert("name", Value::Text("half done".to_owned()))
        }
        "loop in a transaction" => {
            host(database::begin())?;
            insert("name", Value::Text("half done".to_owned()))?;
            loop {
                std::hint::spin_loop();
            }
        }
        "count what was half done" => {
            let condition = predicate("name", Operator::Eq, vec![Value::Text("half done".to_owned())]);
            let found = database::select(&Query { where_: vec![vec![condition]], ..query() });
            host(found.map(|rows| rows.rows.len()))
        }
        "text of NUL" => insert("name", Value::Text("a\0b".to_owned())),
        "no date" => insert("name", Value::Date("9999-99-99".to_owned())),
        "endless offset" => host(database::select(&Query { offset: Some(u64::MAX), ..query() })),
        _ => crate::unknown(name),
    }
}

fn trick(place: &str) -> Result<String> {
    let trick = || TRICK.to_owned();
    let projection = |expression| vec![Projection { expression, alias: None }];
    let select = |query: Query| host(database::select(&query));
    let value = || vec![Value::Integer(1)];
    match place {
        "the table" => select(Query { table: trick(), ..query() }),
        "a column" => select(Query { columns: projection(Expression::Column(trick())), ..query() }),
        "an aggregate" => {
            let expression = Expression::Aggregate((Aggregate::Sum, trick()));
            select(Query { columns: projection(expression), ..query() })
        }
        "an alias" => {
            let columns =
                vec![Projection { expression: Expression::Column("id".to_owned()), alias: Some(trick()) }];
            select(Query { columns, ..query() })
        }
        "a condition" => {
            select(Query { where_: vec![vec![predicate(TRICK, Operator::Eq, value())]], ..query() })
        }
        "a joined table" => select(joined(TRICK, "notes.id", "others.id")),
        "a join's left" => select(joined("others", &format!("notes.{TRICK}"), "others.id")),
        "a join's right" => select(joined("others", "notes.id", TRICK)),
        "a group" => select(Query { group_by: vec![trick()], ..query() }),
        "an order" => {
            select(Query { order_by: vec![Ordering { column: trick(), descending: true }], ..query() })
        }
        "an insert's table" => host(database::insert(TRICK, &["name".to_owned()], &[value()], None)),
        "an insert's column" => host(database::insert("notes", &[trick()], &[value()], None)),
        "a conflict" => {
            let conflict = Conflict { columns: vec![trick()], update: vec!["value".to_owned()] };
            host(database::insert("notes", &["value".to_owned()], &[value()], Some(&conflict)))
        }
        "a conflict's update" => {
            let conflict = Conflict { columns: vec!["id".to_owned()], update: vec![trick()] };
            host(database::insert("notes", &["value".to_owned()], &[value()], Some(&conflict)))
        }
        "an update" => {
            host(database::update("notes", &[(trick(), Assignment::Set(Value::Integer(1)))], &Vec::new()))
        }
        "a delete" => host(database::delete(TRICK, &Vec::new())),
        "a new table" => host(database::create_table(&table(TRICK, vec![column("a")]), false)),
        "a new column" => host(database::create_table(&table("others", vec![column(TRICK)]), false)),
        "an index" => {
            let index = Index { columns: vec![trick()], unique: false };
            host(database::alter_table("notes", &[Alteration::AddIndex(index)]))
        }
        "a renamed column" => {
            host(database::alter_table("notes", &[Alteration::RenameColumn(("name".to_owned(), trick()))]))
        }
        "an added column" => host(database::alter_table("notes", &[Alteration::AddColumn(column(TRICK))])),
        "a dropped column" => host(database::alter_table("notes", &[Alteration::DropColumn(trick())])),
        "a choice" => {
            let mut column = column("a");
            column.kind = ColumnType::Choice(vec![trick()]);
            host(database::alter_table("notes", &[Alteration::AddColumn(column)]))
        }
        "a default" => {
            let mut column = column("b");
            column.default = Some(Value::Text(trick()));
            host(database::alter_table("notes", &[Alteration::AddColumn(column)]))
        }
        _ => crate::unknown(place),
    }
}

pub(crate) fn query() -> Query {
    Query {
        table: "notes".to_owned(),
        columns: Vec::new(),
        distinct: false,
        joins: Vec::new(),
        where_: Vec::new(),
        group_by: Vec::new(),
        order_by: Vec::new(),
        limit: None,
        offset: None,
    }
}

fn joined(table: &str, left: &str, right: &str) -> Query {
    let join = Join {
        kind: JoinKind::Left,
        table: table.to_owned(),
        left: left.to_owned(),
        right: right.to_owned(),
    };
    Query { joins: vec![join], ..query() }
}

fn predicate(column: &str, operator: Operator, operands: Vec<Value>) -> Predicate {
    Predicate { column: column.to_owned(), operator, operands }
}

fn column(name: &str) -> Column {
    Column { name: name.to_owned(), kind: ColumnType::Text, nullable: true, default: None, unique: false }
}

fn table(name: &str, columns: Vec<Column>) -> Table {
    Table {
        name: name.to_owned(),
        columns,
        primary_key: Vec::new(),
        foreign_keys: Vec::new(),
        indexes: Vec::new(),
    }
}
