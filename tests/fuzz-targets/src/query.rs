//! Statements of modules, made from bytes and run on SQLite.

use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use arbitrary::{Result, Unstructured};
use caisson_storage::Db;
use caisson_storage::tables::{
    Aggregate, Alteration, Assignment, Column, Condition, Expression, Index, Insert, Join, JoinKind, Kind,
    OnConflict, Operator, Ordering, Predicate, Projection, Query, Session, Table, TableError, Tables,
    TablesConfig, Value,
};
use tokio::runtime::Runtime;

/// Words that a statement may have for a name: some that are there, and some that would be more than a name.
const NAMES: [&str; 16] = [
    "notes",
    "id",
    "name",
    "value",
    "notes.name",
    "other.id",
    "*",
    "",
    "name\"",
    "name\" FROM clients; --",
    "na`me",
    "name'); DROP TABLE clients; --",
    "clients",
    "sqlite_master",
    "m_plugin_other__secrets",
    "nämé\u{202e}\0",
];

/// A panel's database with one module's table in it.
struct Panel {
    runtime: Runtime,
    tables: Arc<Tables>,
    _folder: tempfile::TempDir,
}

impl Panel {
    fn new() -> std::result::Result<Self, Box<dyn std::error::Error>> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let folder = tempfile::tempdir()?;
        let config = TablesConfig { statement_limit: Duration::from_secs(2), ..TablesConfig::default() };
        let tables = runtime.block_on(async {
            let db = Db::connect(&format!("sqlite:{}", folder.path().join("panel.db").display()), 2).await?;
            db.migrate().await?;
            let tables = Arc::new(Tables::new(db, config).await?);
            session(&tables)?.create_table(&notes(), false).await?;
            Ok::<_, Box<dyn std::error::Error>>(tables)
        })?;
        Ok(Self { runtime, tables, _folder: folder })
    }
}

fn session(tables: &Arc<Tables>) -> std::result::Result<Session, Box<dyn std::error::Error>> {
    Ok(tables.session(&"plugin/mine".parse()?))
}

fn notes() -> Table {
    let column = |name: &str, kind| Column {
        name: name.to_owned(),
        kind,
        nullable: true,
        default: None,
        unique: false,
    };
    Table {
        name: "notes".to_owned(),
        columns: vec![
            Column { nullable: false, ..column("id", Kind::Id) },
            Column { unique: true, ..column("name", Kind::Varchar(50)) },
            column("value", Kind::BigInteger),
        ],
        primary_key: Vec::new(),
        foreign_keys: Vec::new(),
        indexes: Vec::new(),
    }
}

static PANEL: LazyLock<Mutex<Panel>> = LazyLock::new(|| match Panel::new() {
    Ok(panel) => Mutex::new(panel),
    Err(error) => panic!("no database: {error}"),
});

/// A statement is refused in a sentence, or the database can read it: one that it cannot read has text where it should have
/// had a name or a bound value. All of it is undone.
pub fn query(bytes: &[u8]) {
    let panel = PANEL.lock().unwrap_or_else(PoisonError::into_inner);
    let done = panel.runtime.block_on(async {
        let mut session = session(&panel.tables).unwrap_or_else(|error| panic!("{error}"));
        session.begin().await?;
        let done = run(&mut session, &mut Unstructured::new(bytes)).await;
        session.rollback().await?;
        done
    });
    match done {
        Err(TableError::Failed(error)) => panic!("the database could not read it: {error:?}"),
        Err(error) => super::one_line(&error.to_string()),
        Ok(()) => {}
    }
}

async fn run(session: &mut Session, from: &mut Unstructured<'_>) -> std::result::Result<(), TableError> {
    // What is left unsaid when the bytes end is nothing.
    let kind = from.int_in_range(0..=6).unwrap_or_default();
    match kind {
        0 => drop(session.select(&select(from).unwrap_or_default(), 100).await?),
        1 => drop(session.insert(&insert(from).unwrap_or_else(|_| nothing())).await?),
        2 => {
            let Ok((assignments, condition)) = update(from) else { return Ok(()) };
            session.update("notes", &assignments, &condition).await?;
        }
        3 => {
            let condition = list(from, list_of_predicates).unwrap_or_default();
            session.delete(&name(from).unwrap_or_default(), &condition).await?;
        }
        4 => drop(session.create_table(&table(from).unwrap_or_else(|_| notes()), true).await?),
        5 => {
            let changes = list(from, alteration).unwrap_or_default();
            session.alter_table(&name(from).unwrap_or_default(), &changes).await?;
        }
        _ => {
            session.drop_table(&name(from).unwrap_or_default(), true).await?;
            session.has_table(&name(from).unwrap_or_default()).await?;
            session.has_column("notes", &name(from).unwrap_or_default()).await?;
        }
    }
    Ok(())
}

fn name(from: &mut Unstructured<'_>) -> Result<String> {
    // Mostly names that are there: what is refused at its first name goes no further.
    Ok(match from.int_in_range(0..=9)? {
        0..=6 => NAMES[from.int_in_range(0..=4)?].to_owned(),
        7..=8 => (*from.choose(&NAMES)?).to_owned(),
        _ => from.arbitrary::<&str>()?.to_owned(),
    })
}

fn list<T>(from: &mut Unstructured<'_>, one: fn(&mut Unstructured<'_>) -> Result<T>) -> Result<Vec<T>> {
    (0..from.int_in_range(0..=3)?).map(|_| one(from)).collect()
}

fn value(from: &mut Unstructured<'_>) -> Result<Value> {
    let text = |from: &mut Unstructured<'_>| from.arbitrary::<&str>().map(str::to_owned);
    Ok(match from.int_in_range(0..=10)? {
        0 => Value::Null,
        1 => Value::Boolean(from.arbitrary()?),
        2 => Value::Integer(from.arbitrary()?),
        3 => Value::Real(from.arbitrary()?),
        4 => Value::Decimal(text(from)?),
        5 => Value::Text(text(from)?),
        6 => Value::Bytes(from.arbitrary::<&[u8]>()?.to_vec()),
        7 => Value::Json(text(from)?),
        8 => Value::Uuid(text(from)?),
        9 => Value::Timestamp(from.arbitrary()?),
        _ => Value::Date(text(from)?),
    })
}

fn operator(from: &mut Unstructured<'_>) -> Result<Operator> {
    use Operator as O;
    let all = [O::Eq, O::Ne, O::Lt, O::Le, O::Gt, O::Ge, O::Like, O::NotLike, O::In, O::NotIn, O::Between];
    let more = [O::NotBetween, O::IsNull, O::NotNull];
    let at = from.int_in_range(0..=all.len() + more.len() - 1)?;
    Ok(*all.iter().chain(&more).nth(at).unwrap_or(&O::Eq))
}

fn predicate(from: &mut Unstructured<'_>) -> Result<Predicate> {
    Ok(Predicate { column: name(from)?, operator: operator(from)?, operands: list(from, value)? })
}

fn list_of_predicates(from: &mut Unstructured<'_>) -> Result<Vec<Predicate>> {
    list(from, predicate)
}

fn aggregate(from: &mut Unstructured<'_>) -> Result<Aggregate> {
    use Aggregate as A;
    Ok(*from.choose(&[A::Count, A::Sum, A::Min, A::Max, A::Avg])?)
}

fn projection(from: &mut Unstructured<'_>) -> Result<Projection> {
    let expression = match from.arbitrary()? {
        true => Expression::Column(name(from)?),
        false => Expression::Aggregate(aggregate(from)?, name(from)?),
    };
    let alias = from.arbitrary::<bool>()?.then(|| name(from)).transpose()?;
    Ok(Projection { expression, alias })
}

fn join(from: &mut Unstructured<'_>) -> Result<Join> {
    let kind = if from.arbitrary()? { JoinKind::Inner } else { JoinKind::Left };
    Ok(Join { kind, table: name(from)?, left: name(from)?, right: name(from)? })
}

fn ordering(from: &mut Unstructured<'_>) -> Result<Ordering> {
    Ok(Ordering { column: name(from)?, descending: from.arbitrary()? })
}

fn select(from: &mut Unstructured<'_>) -> Result<Query> {
    Ok(Query {
        table: name(from)?,
        columns: list(from, projection)?,
        distinct: from.arbitrary()?,
        joins: list(from, join)?,
        condition: list(from, list_of_predicates)?,
        group_by: list(from, name)?,
        order_by: list(from, ordering)?,
        limit: from.arbitrary()?,
        offset: from.arbitrary()?,
    })
}

fn nothing() -> Insert {
    Insert { table: "notes".to_owned(), columns: Vec::new(), rows: Vec::new(), on_conflict: None }
}

fn insert(from: &mut Unstructured<'_>) -> Result<Insert> {
    let conflict = |from: &mut Unstructured<'_>| -> Result<OnConflict> {
        Ok(OnConflict { columns: list(from, name)?, update: list(from, name)? })
    };
    Ok(Insert {
        table: name(from)?,
        columns: list(from, name)?,
        rows: list(from, |from| list(from, value))?,
        on_conflict: from.arbitrary::<bool>()?.then(|| conflict(from)).transpose()?,
    })
}

fn update(from: &mut Unstructured<'_>) -> Result<(Vec<(String, Assignment)>, Condition)> {
    let assignment = |from: &mut Unstructured<'_>| -> Result<(String, Assignment)> {
        let change = match from.arbitrary()? {
            true => Assignment::Set(value(from)?),
            false => Assignment::Increment(from.arbitrary()?),
        };
        Ok((name(from)?, change))
    };
    Ok((list(from, assignment)?, list(from, list_of_predicates)?))
}

fn kind(from: &mut Unstructured<'_>) -> Result<Kind> {
    Ok(match from.int_in_range(0..=14)? {
        0 => Kind::Id,
        1 => Kind::Uuid,
        2 => Kind::Varchar(from.arbitrary()?),
        3 => Kind::Text,
        4 => Kind::Integer,
        5 => Kind::BigInteger,
        6 => Kind::Boolean,
        7 => Kind::Real,
        8 => Kind::Decimal(from.arbitrary()?, from.arbitrary()?),
        9 => Kind::Json,
        10 => Kind::Choice(list(from, name)?),
        11 => Kind::IpAddress,
        12 => Kind::Date,
        13 => Kind::Timestamp,
        _ => Kind::Bytes,
    })
}

fn column(from: &mut Unstructured<'_>) -> Result<Column> {
    Ok(Column {
        name: name(from)?,
        kind: kind(from)?,
        nullable: from.arbitrary()?,
        default: from.arbitrary::<bool>()?.then(|| value(from)).transpose()?,
        unique: from.arbitrary()?,
    })
}

fn index(from: &mut Unstructured<'_>) -> Result<Index> {
    Ok(Index { columns: list(from, name)?, unique: from.arbitrary()? })
}

fn table(from: &mut Unstructured<'_>) -> Result<Table> {
    Ok(Table {
        name: name(from)?,
        columns: list(from, column)?,
        primary_key: list(from, name)?,
        foreign_keys: Vec::new(),
        indexes: list(from, index)?,
    })
}

fn alteration(from: &mut Unstructured<'_>) -> Result<Alteration> {
    Ok(match from.int_in_range(0..=4)? {
        0 => Alteration::AddColumn(column(from)?),
        1 => Alteration::DropColumn(name(from)?),
        2 => Alteration::RenameColumn { from: name(from)?, to: name(from)? },
        3 => Alteration::AddIndex(index(from)?),
        _ => Alteration::DropIndex(list(from, name)?),
    })
}
